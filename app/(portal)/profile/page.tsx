import type { Metadata } from "next";
import { requireUser } from "@/app/auth";
import { ShowKeys } from "@/app/keys/show-keys";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import { listOwnSessions, type OwnSession, ownNotices, ownSignature } from "@/lib/profile";
import { DesktopSwitch } from "./desktop-switch";
import {
  EndSession,
  KeysForm,
  NameForm,
  NoticesForm,
  OwnPasswordForm,
  SignatureForm,
} from "./forms";

export const metadata: Metadata = { title: "Your profile" };

export default async function ProfilePage() {
  const user = await requireUser();
  const isAgent = user.role !== "CUSTOMER";
  const [sessions, notices, signature] = await Promise.all([
    listOwnSessions(user),
    isAgent ? ownNotices(user) : null,
    isAgent ? ownSignature(user) : null,
  ]);
  return (
    <>
      <PageHeader title="Your profile" meta={user.email} />
      <div className="gutter max-w-[656px] divide-y divide-rule">
        <section className="py-5">
          <h2 className="mb-3 text-section font-semibold">Name</h2>
          <NameForm name={user.name} />
        </section>
        <section className="py-5">
          <h2 className="mb-1 text-section font-semibold">Password</h2>
          <p className="mb-3 text-ink-2">Changing it signs you out everywhere but here.</p>
          <OwnPasswordForm email={user.email} />
        </section>
        {signature !== null && (
          <section className="py-5">
            <h2 className="mb-3 text-section font-semibold">Your answers by mail</h2>
            <SignatureForm signature={signature} />
          </section>
        )}
        {notices && (
          <>
            <section className="py-5">
              <h2 className="mb-1 text-section font-semibold">Mail to you</h2>
              <p className="mb-2 text-ink-2">To {user.email}, never about what you did yourself.</p>
              <NoticesForm {...notices} />
            </section>
            <section className="py-5">
              <h2 className="mb-1 text-section font-semibold">Desktop notifications</h2>
              <p className="mb-3 text-ink-2">
                For new mail on your tickets and on those nobody has yet, while Mailroom is open in
                this browser.
              </p>
              <DesktopSwitch />
            </section>
          </>
        )}
        {user.role !== "CUSTOMER" && (
          <section className="py-5">
            <div className="mb-1 flex flex-wrap items-center justify-between gap-3">
              <h2 className="text-section font-semibold">Keyboard</h2>
              <ShowKeys />
            </div>
            <KeysForm singleKeys={user.singleKeys} />
          </section>
        )}
        <section className="py-5">
          <h2 className="mb-1 text-section font-semibold">Where you are signed in</h2>
          <ul>
            {sessions.map((session) => (
              <SessionLine key={session.id} session={session} />
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

function SessionLine({ session }: { session: OwnSession }) {
  return (
    <li className="flex min-h-14 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-rule py-2 last:border-b-0">
      <div>
        <p className="font-semibold">{session.device}</p>
        <p className="text-sm text-ink-3">
          {session.isThis ? (
            "This browser, now"
          ) : (
            <>
              Last used <RelativeTime date={session.lastSeenAt} />
            </>
          )}{" "}
          · signed in <RelativeTime date={session.createdAt} />
        </p>
      </div>
      {!session.isThis && <EndSession id={session.id} device={session.device} />}
    </li>
  );
}
