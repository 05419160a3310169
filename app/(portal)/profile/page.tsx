import type { Metadata } from "next";
import { requireUser } from "@/app/auth";
import { ShowKeys } from "@/app/keys/show-keys";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import type { WordsIn } from "@/app/words/dictionary";
import { fill } from "@/app/words/fill";
import { wordsOf } from "@/app/words/page-language";
import { profileWords } from "@/app/words/profile";
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
import { LanguageChoice } from "./language-choice";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await wordsOf(profileWords)).title };
}

export default async function ProfilePage() {
  const user = await requireUser();
  const isAgent = user.role !== "CUSTOMER";
  const [words, sessions, notices, signature] = await Promise.all([
    wordsOf(profileWords),
    listOwnSessions(user),
    isAgent ? ownNotices(user) : null,
    isAgent ? ownSignature(user) : null,
  ]);
  return (
    <>
      <PageHeader title={words.title} meta={user.email} />
      <div className="gutter max-w-[656px] divide-y divide-rule">
        <section className="py-5">
          <h2 className="mb-3 text-section font-semibold">{words.name}</h2>
          <NameForm name={user.name} />
        </section>
        <section className="py-5">
          <h2 className="mb-1 text-section font-semibold">{words.language}</h2>
          <p className="mb-3 text-ink-2">{words.languageHint}</p>
          <LanguageChoice label={words.language} />
        </section>
        <section className="py-5">
          <h2 className="mb-1 text-section font-semibold">{words.password}</h2>
          <p className="mb-3 text-ink-2">{words.passwordLead}</p>
          <OwnPasswordForm email={user.email} />
        </section>
        {signature !== null && (
          <section className="py-5">
            <h2 className="mb-3 text-section font-semibold">{words.answers}</h2>
            <SignatureForm signature={signature} />
          </section>
        )}
        {notices && (
          <>
            <section className="py-5">
              <h2 className="mb-1 text-section font-semibold">{words.mail}</h2>
              <p className="mb-2 text-ink-2">{words.mailLead(user.email)}</p>
              <NoticesForm {...notices} />
            </section>
            <section className="py-5">
              <h2 className="mb-1 text-section font-semibold">{words.desktop}</h2>
              <p className="mb-3 text-ink-2">{words.desktopLead}</p>
              <DesktopSwitch />
            </section>
          </>
        )}
        {user.role !== "CUSTOMER" && (
          <section className="py-5">
            <div className="mb-1 flex flex-wrap items-center justify-between gap-3">
              <h2 className="text-section font-semibold">{words.keyboard}</h2>
              <ShowKeys />
            </div>
            <KeysForm singleKeys={user.singleKeys} />
          </section>
        )}
        <section className="py-5">
          <h2 className="mb-1 text-section font-semibold">{words.sessions}</h2>
          <ul>
            {sessions.map((session) => (
              <SessionLine key={session.id} session={session} words={words} />
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

type Words = WordsIn<typeof profileWords>;

function SessionLine({ session, words }: { session: OwnSession; words: Words }) {
  const device = deviceText(session, words);
  return (
    <li className="flex min-h-14 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-rule py-2 last:border-b-0">
      <div>
        <p className="font-semibold">{device}</p>
        <p className="text-sm text-ink-3">
          {session.isThis
            ? words.thisBrowser
            : fill(words.lastUsed, { time: <RelativeTime date={session.lastSeenAt} /> })}{" "}
          · {fill(words.signedIn, { time: <RelativeTime date={session.createdAt} /> })}
        </p>
      </div>
      {!session.isThis && <EndSession id={session.id} device={device} />}
    </li>
  );
}

/** "Firefox on Linux". */
function deviceText({ browser, system }: OwnSession, words: Words): string {
  if (!browser) return words.unknownBrowser;
  return system ? words.device(browser, system) : browser;
}
