import { Plus } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requireUser } from "@/app/auth";
import { paths } from "@/app/paths";
import { StatusBadge } from "@/app/ui/badge";
import { LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import { type CustomerTicketRow, listCustomerTickets } from "@/lib/tickets/customer-list";
import { parseCursor } from "@/lib/tickets/query";

export const metadata: Metadata = { title: "My tickets" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function MyTicketsPage({ searchParams }: Props) {
  const user = await requireUser();
  const { after } = await searchParams;
  const cursor = typeof after === "string" ? parseCursor(after) : null;
  const { rows, older } = await listCustomerTickets(user, cursor);
  const newTicket = (
    <LinkButton href={paths.myNew} variant="primary" icon={<Plus aria-hidden className="icon" />}>
      New ticket
    </LinkButton>
  );
  if (rows.length === 0 && !cursor)
    return (
      <>
        <PageHeader title="My tickets" />
        <EmptyState title="You have no tickets yet." action={newTicket}>
          What you write to us, here or by mail from {user.email}, shows up here.
        </EmptyState>
      </>
    );
  return (
    <>
      <PageHeader title="My tickets">{newTicket}</PageHeader>
      <ul>
        {rows.map((row) => (
          <TicketLine key={row.number} row={row} />
        ))}
      </ul>
      {(cursor || older) && (
        <nav aria-label="Pages" className="gutter flex justify-end gap-2 py-3">
          {cursor && (
            <LinkButton href={paths.my} size="small">
              Newest
            </LinkButton>
          )}
          {older && (
            <LinkButton href={`${paths.my}?after=${older.time}_${older.id}`} size="small">
              Older
            </LinkButton>
          )}
        </nav>
      )}
    </>
  );
}

function TicketLine({ row }: { row: CustomerTicketRow }) {
  return (
    <li className="gutter relative flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-rule py-2 hover:bg-hover">
      <span className="w-14 text-sm text-ink-3">#{row.number}</span>
      <Link
        href={paths.myTicket(row.number)}
        prefetch={false}
        dir="auto"
        className="min-w-0 grow basis-60 truncate text-ink no-underline after:absolute after:inset-0"
      >
        {row.subject}
      </Link>
      <StatusBadge status={row.status} />
      <RelativeTime date={row.lastMessageAt} className="text-sm text-ink-3 md:w-36 md:text-right" />
    </li>
  );
}
