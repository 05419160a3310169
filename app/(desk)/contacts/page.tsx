import type { Metadata } from "next";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { PageHeader } from "@/app/ui/page-header";
import { type ContactPage, listContacts, searchText } from "@/lib/contact-list";
import { ContactTable } from "./contact-table";
import { SearchForm } from "./search-form";

export const metadata: Metadata = { title: "Contacts" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ContactsPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const params = await searchParams;
  const q = typeof params.q === "string" ? searchText(params.q) : "";
  const after = typeof params.after === "string" ? params.after : null;
  const page = await listContacts(agent, { q, after });
  return (
    <>
      <PageHeader title="Contacts" meta={countText(page.count)} />
      <SearchForm action={paths.contacts()} q={q} />
      {page.rows.length > 0 ? (
        <>
          <ContactTable rows={page.rows} caption="People who write to us" />
          <Pager page={page} q={q} after={after} />
        </>
      ) : (
        <NoContacts q={q} after={after} />
      )}
    </>
  );
}

function countText(count: number): string {
  if (count >= 1000) return "999+ contacts";
  return count === 1 ? "1 contact" : `${count} contacts`;
}

function NoContacts({ q, after }: { q: string; after: string | null }) {
  if (q)
    return (
      <EmptyState
        title={`Nobody’s name or address holds “${q}”.`}
        action={<LinkButton href={paths.contacts()}>Clear search</LinkButton>}
      />
    );
  if (after)
    return (
      <EmptyState
        title="There are no further contacts."
        action={<LinkButton href={paths.contacts()}>First page</LinkButton>}
      />
    );
  return (
    <EmptyState
      title="Nobody has written yet."
      action={<LinkButton href={paths.newTicket()}>New ticket</LinkButton>}
    >
      Everyone who writes to an email account, is named in a mail’s To or Cc, or for whom an agent
      opens a ticket, shows up here by itself.
    </EmptyState>
  );
}

function Pager({ page, q, after }: { page: ContactPage; q: string; after: string | null }) {
  if (!page.next && !after) return null;
  return (
    <nav aria-label="Pages" className="gutter flex items-center justify-end gap-2 py-3">
      {after && (
        <LinkButton href={paths.contacts({ q })} size="small" prefetch={false}>
          First page
        </LinkButton>
      )}
      {page.next && (
        <LinkButton href={paths.contacts({ q, after: page.next })} size="small" prefetch={false}>
          Next
        </LinkButton>
      )}
    </nav>
  );
}
