import Link from "next/link";
import { paths } from "@/app/paths";
import { ActionButton } from "@/app/ui/action-button";
import { Callout } from "@/app/ui/callout";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import type { Conversation } from "@/lib/tickets/conversation";
import { letTakePart, merge } from "./actions";

/** A mail that named another ticket, but might not join it. */
export function PossibleReply({ ticket }: { ticket: Conversation["ticket"] }) {
  const { possibleReplyTo: target, number } = ticket;
  if (!target) return null;
  return (
    <Callout
      tone="blue"
      className="mt-3"
      title={
        <>
          Possible reply to{" "}
          <Link className="link" href={paths.ticket(target.number)} prefetch={false}>
            #{target.number}
          </Link>{" "}
          <span dir="auto" className="font-normal">
            {target.subject}
          </span>
        </>
      }
      actions={
        <ConfirmDialog
          trigger={`Merge into #${target.number}`}
          triggerSize="small"
          title={`Merge #${number} into #${target.number}?`}
          confirm="Merge"
          confirmVariant="primary"
          busy="Merging…"
          action={merge}
          fields={{ from: String(number), into: String(target.number) }}
        >
          Its messages move to #{target.number}, and its sender may write there. #{number} is
          closed.
        </ConfirmDialog>
      }
    >
      The mail names that ticket, but its sender may not join it, so it became a ticket of its own.
    </Callout>
  );
}

/** Somebody who answered our mail without being among its people. */
export function NewParticipant({
  number,
  contact,
}: {
  number: number;
  contact: { id: string; name: string; email: string };
}) {
  return (
    <Callout
      tone="amber"
      className="mt-3"
      title={
        <span dir="auto">
          {contact.name ? `${contact.name} (${contact.email})` : contact.email} is a new participant
        </span>
      }
      actions={
        <ActionButton
          action={letTakePart}
          fields={{ number: String(number), contactId: contact.id }}
          busy="Saving…"
        >
          Let them take part
        </ActionButton>
      }
    >
      They answered our mail, but had no part in this ticket before. They get no mail until you
      agree.
    </Callout>
  );
}
