import { Plus, ShieldCheck, UserRound, UsersRound } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { Role } from "@/lib/db/generated/enums";
import { isRegistrationOpen } from "@/lib/portal";
import { listUsers } from "@/lib/users";
import { requireAdmin } from "../../../auth";
import { paths } from "../../../paths";
import { Avatar } from "../../../ui/avatar";
import { LinkButton } from "../../../ui/button";
import { PageHeader } from "../../../ui/page-header";
import { RelativeTime } from "../../../ui/relative-time";
import { RegistrationSwitch } from "./registration-switch";
import { SignInBadge } from "./sign-in-badge";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const me = await requireAdmin();
  const [people, isOpen] = await Promise.all([listUsers(), isRegistrationOpen()]);
  return (
    <>
      <PageHeader
        title="People"
        meta={`${people.length} ${people.length === 1 ? "person" : "people"}`}
      >
        <LinkButton
          href={paths.newPerson}
          variant="primary"
          icon={<Plus aria-hidden className="icon" />}
        >
          Add person
        </LinkButton>
      </PageHeader>
      <table className="w-full text-sm max-md:block">
        <caption className="sr-only">Everyone who can sign in</caption>
        <thead className="text-left text-xs text-ink-3 max-md:sr-only">
          <tr className="border-b border-rule">
            <th scope="col" className="py-2 pr-2.5 pl-7 font-semibold">
              Name
            </th>
            <th scope="col" className="px-2.5 py-2 font-semibold">
              Role
            </th>
            <th scope="col" className="px-2.5 py-2 font-semibold">
              Sign-in
            </th>
            <th scope="col" className="py-2 pr-7 pl-2.5 font-semibold">
              Last seen
            </th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {people.map((person) => (
            <tr
              key={person.id}
              className="border-b border-rule hover:bg-hover max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-2.5"
            >
              <td className="py-2.5 pr-2.5 pl-7 max-md:w-full max-md:p-0">
                <span className="flex items-center gap-2.5">
                  <Avatar name={person.name} isMe={person.id === me.id} />
                  <span className="min-w-0">
                    <Link
                      href={paths.person(person.id)}
                      className="block truncate font-semibold text-ink no-underline hover:underline"
                      dir="auto"
                    >
                      {person.name}
                      {person.id === me.id && (
                        <span className="font-normal text-ink-3"> (you)</span>
                      )}
                    </Link>
                    <span className="block truncate text-ink-3">{person.email}</span>
                  </span>
                </span>
              </td>
              <td className="px-2.5 max-md:p-0">
                <RoleName role={person.role} />
              </td>
              <td className="px-2.5 max-md:p-0">
                <SignInBadge person={person} />
              </td>
              <td className="pr-7 pl-2.5 text-ink-2 max-md:p-0">
                {person.lastSeenAt ? <RelativeTime date={person.lastSeenAt} /> : "Never signed in"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <section className="gutter max-w-[656px] py-5">
        <h2 className="mb-1 text-section font-semibold">Registration</h2>
        <p className="mb-3 text-ink-2">
          {isOpen
            ? "Open: whoever can read the mail of an address may register it, and sees the tickets of that address and nothing else."
            : "Closed: customers come in by an invitation only. Mail reaches you as before."}
        </p>
        <RegistrationSwitch isOpen={isOpen} />
      </section>
    </>
  );
}

const ROLES = {
  ADMIN: { word: "Admin", Icon: ShieldCheck },
  AGENT: { word: "Agent", Icon: UsersRound },
  CUSTOMER: { word: "Customer", Icon: UserRound },
} as const;

function RoleName({ role }: { role: Role }) {
  const { word, Icon } = ROLES[role];
  return (
    <span className="inline-flex items-center gap-1.5 align-middle text-ink-2">
      <Icon aria-hidden className="icon text-ink-3" />
      {word}
    </span>
  );
}
