import { Ban, Check } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AppError } from "@/lib/errors";
import { getUser } from "@/lib/users";
import { requireAdmin } from "../../../../auth";
import { paths } from "../../../../paths";
import { Badge } from "../../../../ui/badge";
import { PageHeader } from "../../../../ui/page-header";
import { PasswordForm, RoleForm, SignInSwitch } from "./person-forms";

export const metadata: Metadata = { title: "Person" };

type Props = { params: Promise<{ id: string }> };

export default async function PersonPage({ params }: Props) {
  const me = await requireAdmin();
  const person = await getUser((await params).id).catch((error) => {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  });
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
        <section className="py-5">
          <h2 className="mb-1 text-section font-semibold">New password</h2>
          <p className="mb-3 text-ink-2">
            {isMe
              ? "Setting it signs you out everywhere, here as well."
              : "Setting it signs this person out everywhere."}
          </p>
          <PasswordForm id={person.id} />
        </section>
        <section className="py-5">
          <h2 className="mb-2 text-section font-semibold">Sign-in</h2>
          <div className="mb-3">
            {person.isActive ? (
              <Badge tone="green" icon={Check}>
                Active
              </Badge>
            ) : (
              <Badge tone="plain" icon={Ban}>
                Deactivated
              </Badge>
            )}
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
