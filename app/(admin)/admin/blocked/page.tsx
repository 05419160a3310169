import type { Metadata } from "next";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { ActionButton } from "@/app/ui/action-button";
import { EmptyState } from "@/app/ui/empty-state";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import { type BlockRow, listBlocks } from "@/lib/blocked-senders";
import { removeBlock } from "./actions";
import { BlockForm } from "./block-form";

export const metadata: Metadata = { title: "Blocked senders" };

/** Whose mail goes to spam by itself. */
export default async function BlockedPage() {
  const admin = await requireAdmin();
  const { rows, count } = await listBlocks(admin);
  return (
    <>
      <PageHeader
        title="Blocked senders"
        meta={count > rows.length ? `the newest ${rows.length} of ${count}` : undefined}
        back={{ href: paths.mail(), label: "Back to Mail" }}
      />
      <div className="gutter border-b border-rule py-5">
        <p className="mb-4 text-base text-ink-2">
          New mail from these senders becomes a ticket in spam. Nothing is deleted, and nobody is
          told.
        </p>
        <BlockForm />
      </div>
      {rows.length > 0 ? (
        <ul aria-label="Blocked senders">
          {rows.map((row) => (
            <Row key={row.id} row={row} />
          ))}
        </ul>
      ) : (
        <EmptyState title="Nobody is blocked.">
          Agents block senders on a ticket, after “Mark as spam”.
        </EmptyState>
      )}
    </>
  );
}

function Row({ row }: { row: BlockRow }) {
  return (
    <li className="gutter flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-rule py-2.5 text-sm">
      <div className="min-w-0 grow">
        <p className="font-semibold wrap-anywhere">{row.sender}</p>
        <p className="text-ink-3">
          {row.sender.includes("@") ? "One address" : "Everything from this domain"}, blocked{" "}
          <RelativeTime date={row.createdAt} />
          {row.by && ` by ${row.by}`}
        </p>
      </div>
      <ActionButton
        action={removeBlock}
        fields={{ id: row.id }}
        busy="Unblocking…"
        label={`Unblock ${row.sender}`}
      >
        Unblock
      </ActionButton>
    </li>
  );
}
