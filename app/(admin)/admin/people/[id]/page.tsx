import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { latestLink } from "@/lib/access-links";
import { AppError } from "@/lib/errors";
import { canSendLinks } from "@/lib/invitations";
import { getUser } from "@/lib/users";
import { requireAdmin } from "../../../../auth";
import { paths } from "../../../../paths";
import { PageHeader } from "../../../../ui/page-header";
import { SignInBadge } from "../sign-in-badge";
import { LinkState } from "./link-state";
import { LinkForm, PasswordForm, RoleForm, SignInSwitch } from "./person-forms";

export const metadata: Metadata = { title: "Person" };

type Props = { params: Promise<{ id: string }> };

export default async function PersonPage({ params }: Props) {
  const me = await requireAdmin();
  const person = await getUser((await params).id).catch((error) => {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  });
  const [link, canSend] = await Promise.all([latestLink(person.id), canSendLinks()]);
  const isMe = person.id === me.id;
  return (
    <>
      <PageHeader
        title={person.name}
        back={{ href: paths.people, label: "Back to People" }}
        meta={person.email}
      />
      <div className="gutter max-w-[656px] divide-y divide-rule">
        <section className="py-5">
          <h2 className="mb-3 text-section font-semibold">Role</h2>
          {isMe ? (
            <p className="text-ink-2">You are an admin. Another admin can change your role.</p>
          ) : (
            <RoleForm id={person.id} role={person.role} />
          )}
        </section>
        {!isMe && person.isActive && (
          <section className="py-5">
            <h2 className="mb-1 text-section font-semibold">
              {person.hasPassword ? "Link for a new password" : "Invitation"}
            </h2>
            <p className="mb-3 text-ink-2">
              {person.hasPassword
                ? "They choose a new password by it. It works once, for 30 minutes."
                : "They choose their password by a link, and are in. It works once, for 30 minutes; its page sends another when it is too old."}
            </p>
            {link && <LinkState link={link} />}
            <LinkForm id={person.id} canSend={canSend} />
          </section>
        )}
        <section className="py-5">
          <h2 className="mb-1 text-section font-semibold">New password</h2>
          {isMe ? (
            <p className="text-ink-2">
              Change your own on{" "}
              <Link href={paths.profile} className="link">
                your profile
              </Link>
              .
            </p>
          ) : (
            <>
              <p className="mb-3 text-ink-2">
                Setting it signs this person out everywhere. A link is better: then only they know
                it.
              </p>
              <PasswordForm id={person.id} />
            </>
          )}
        </section>
        <section className="py-5">
          <h2 className="mb-2 text-section font-semibold">Sign-in</h2>
          <div className="mb-3">
            <SignInBadge person={person} />
          </div>
          {isMe ? (
            <p className="text-ink-2">You can’t deactivate yourself.</p>
          ) : (
            <SignInSwitch id={person.id} name={person.name} isActive={person.isActive} />
          )}
        </section>
      </div>
    </>
  );
}
