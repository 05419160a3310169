import type { Metadata } from "next";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import { EmptyState } from "@/app/ui/empty-state";
import { PageHeader } from "@/app/ui/page-header";
import { type CannedReply, listCannedReplies } from "@/lib/tickets/canned-replies";
import { remove } from "./actions";

export const metadata: Metadata = { title: "Canned replies" };

/** Texts that answers are made of: everybody's, and the agent's own. */
export default async function CannedRepliesPage() {
  const agent = await requireAgent();
  const replies = await listCannedReplies(agent);
  const add = (
    <LinkButton href={paths.newCannedReply} variant="primary">
      New canned reply
    </LinkButton>
  );
  const groups = [
    { title: "Shared with everybody", rows: replies.filter(({ isShared }) => isShared) },
    { title: "Your own", rows: replies.filter(({ isShared }) => !isShared) },
  ];
  return (
    <>
      <PageHeader title="Canned replies">{replies.length > 0 && add}</PageHeader>
      {replies.length === 0 && (
        <EmptyState title="No canned reply yet." action={add}>
          Write once what you answer often: in a reply, / at the start of a word finds it and fills
          in the customer’s name.
        </EmptyState>
      )}
      {groups.map(
        ({ title, rows }) =>
          rows.length > 0 && (
            <section key={title} aria-label={title}>
              <h2 className="gutter pt-5 pb-2 text-section font-semibold">{title}</h2>
              <ul className="border-t border-rule">
                {rows.map((reply) => (
                  <Row key={reply.id} reply={reply} />
                ))}
              </ul>
            </section>
          ),
      )}
    </>
  );
}

function Row({
  reply: { id, name, body, isShared, makerName, mayChange },
}: {
  reply: CannedReply;
}) {
  return (
    <li className="gutter flex flex-wrap items-start gap-x-3 gap-y-2 border-b border-rule py-2.5 text-sm">
      <div className="min-w-0 flex-[1_1_280px]">
        <p dir="auto" className="text-base font-semibold wrap-anywhere">
          {name}
        </p>
        <p dir="auto" className="line-clamp-2 wrap-anywhere text-ink-2">
          {body}
        </p>
        {isShared && makerName && <p className="text-ink-3">Made by {makerName}.</p>}
      </div>
      {mayChange && (
        <div className="flex flex-wrap items-center gap-2">
          <LinkButton size="small" href={paths.editCannedReply(id)} aria-label={`Edit ${name}`}>
            Edit
          </LinkButton>
          <ConfirmDialog
            trigger="Delete"
            triggerSize="small"
            title={`Delete the canned reply “${name}”?`}
            confirm="Delete canned reply"
            busy="Deleting…"
            action={remove}
            fields={{ id }}
          >
            {isShared ? "It goes for everybody at the desk. " : ""}What was sent with it stays.
          </ConfirmDialog>
        </div>
      )}
    </li>
  );
}
