import { Merge, Plus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { requireAgent, type SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { BouncedMark } from "@/app/ui/bounced-mark";
import { LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { Live } from "@/app/ui/live";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import type { ContactDetails } from "@/lib/contact-list";
import { listContactTickets } from "@/lib/tickets/list";
import { cursorText, parseTicketQuery } from "@/lib/tickets/query";
import { countText, Pager } from "../../tickets/pager";
import { TicketTable } from "../../tickets/ticket-table";
import { loadContact } from "./load-contact";
import { NameForm } from "./name-form";

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, addresses } = await loadContact(await requireAgent(), (await params).id);
  return { title: name || addresses[0] };
}

export default async function ContactPage({ params, searchParams }: Props) {
  const agent = await requireAgent();
  const contact = await loadContact(agent, (await params).id);
  if (contact.mergedIntoId) redirect(paths.contact(contact.mergedIntoId));
  const { after, before } = await searchParams;
  const { query } = parseTicketQuery({ after, before });
  const page = await listContactTickets(agent, contact.id, query);
  const [own = ""] = contact.addresses;
  const name = contact.name || own;
  return (
    <>
      <Live topics={["ticket"]} />
      <PageHeader
        title={name}
        back={{ href: paths.contacts(), label: "Back to Contacts" }}
        meta={contact.name ? own : undefined}
      >
        <LinkButton
          href={paths.mergeContact(contact.id)}
          prefetch={false}
          icon={<Merge aria-hidden className="icon" />}
        >
          Merge…
        </LinkButton>
        <LinkButton
          href={paths.newTicket({ requester: own })}
          prefetch={false}
          variant="primary"
          icon={<Plus aria-hidden className="icon" />}
        >
          New ticket
        </LinkButton>
      </PageHeader>
      <div className="gutter grid gap-x-10 gap-y-5 border-b border-rule py-5 lg:grid-cols-[minmax(0,440px)_minmax(0,1fr)]">
        <NameForm key={contact.name} id={contact.id} name={contact.name} />
        <Facts contact={contact} viewer={agent} />
      </div>
      <h2 className="gutter pt-4 pb-2 text-section font-semibold">
        Tickets{" "}
        <span className="text-base font-normal text-ink-2">
          {page.count > 0 && (await countText(page))}
        </span>
      </h2>
      {page.rows.length > 0 ? (
        <>
          <TicketTable
            rows={page.rows}
            caption={`Tickets of ${name}`}
            viewerId={agent.id}
            renderedAt={new Date()}
          />
          <Pager
            page={page}
            goTo={({ after, before }) =>
              paths.contact(contact.id, {
                after: after && cursorText(after),
                before: before && cursorText(before),
              })
            }
          />
        </>
      ) : (
        <EmptyState title="This person has no ticket of their own." />
      )}
    </>
  );
}

function Facts({ contact, viewer }: { contact: ContactDetails; viewer: SignedIn }) {
  const { addresses, user, createdAt } = contact;
  return (
    <dl className="grid grid-cols-[90px_minmax(0,1fr)] content-start gap-x-3 gap-y-2 text-sm [&>dd]:wrap-anywhere [&>dt]:text-ink-3">
      <dt>{addresses.length === 1 ? "Address" : "Addresses"}</dt>
      <dd>
        <ul className="space-y-0.5">
          {addresses.map((address) => (
            <li key={address}>
              {address}
              {contact.bounces
                .filter((bounce) => bounce.address === address)
                .map((bounce) => (
                  <BouncedMark key={address} at={bounce.at} cause={bounce.cause} />
                ))}
            </li>
          ))}
        </ul>
      </dd>
      <dt>Portal</dt>
      <dd>
        {user ? (
          <>
            {user.isActive ? "Signs in as " : "Can’t sign in any more as "}
            {viewer.role === "ADMIN" ? (
              <Link className="link" href={paths.person(user.id)} prefetch={false}>
                {user.email}
              </Link>
            ) : (
              user.email
            )}
            {user.isActive && " and sees these tickets."}
          </>
        ) : (
          "Can’t sign in."
        )}
      </dd>
      <dt>Known</dt>
      <dd>
        since <RelativeTime date={createdAt} />
      </dd>
    </dl>
  );
}
