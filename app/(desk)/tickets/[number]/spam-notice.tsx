import { ShieldX } from "lucide-react";
import { ActionButton } from "@/app/ui/action-button";
import { Callout } from "@/app/ui/callout";
import type { Conversation } from "@/lib/tickets/conversation";
import type { SpamChoices } from "@/lib/tickets/spam";
import { block, setSpam, unblock } from "./actions";

/**
 * What stands above a ticket in spam, one the mail server takes for spam, or one whose sender is
 * blocked; nothing otherwise.
 */
export function SpamNotice({
  conversation,
  choices,
}: {
  conversation: Conversation;
  choices: SpamChoices;
}) {
  const { number, isSpam } = conversation.ticket;
  if (isSpam) return <InSpam number={number} choices={choices} />;
  if (choices.blocked) return <StillBlocked number={number} blocked={choices.blocked} />;
  const verdict = openVerdict(conversation);
  return verdict === null ? null : <Hint number={number} verdict={verdict} />;
}

/** The word of the mail server that no agent has answered yet. */
function openVerdict({ items }: Conversation): string | null {
  const isAnswered = items.some(
    (item) =>
      (item.type === "event" && item.event.kind === "not-spam") ||
      (item.type === "message" && item.message.author !== null),
  );
  if (isAnswered) return null;
  for (const item of items)
    if (item.type === "message" && item.message.spamVerdict) return item.message.spamVerdict;
  return null;
}

function InSpam({ number, choices }: { number: number; choices: SpamChoices }) {
  const { blocked, address, domain } = choices;
  const fields = { number: String(number) };
  return (
    <Callout
      tone="red"
      icon={ShieldX}
      className="mt-3 wrap-anywhere"
      title="This ticket is in spam"
      actions={
        <>
          <ActionButton action={setSpam} fields={{ ...fields, isSpam: "no" }} busy="Saving…">
            Not spam
          </ActionButton>
          {address && (
            <ActionButton action={block} fields={{ ...fields, what: "address" }} busy="Blocking…">
              <span className="py-1 text-left whitespace-normal">Block {address}</span>
            </ActionButton>
          )}
          {domain && (
            <ActionButton action={block} fields={{ ...fields, what: "domain" }} busy="Blocking…">
              <span className="py-1 text-left whitespace-normal">
                Block everything from {domain}
              </span>
            </ActionButton>
          )}
          {blocked && <Unblock number={number} blocked={blocked} />}
        </>
      }
    >
      {blocked
        ? `Mail from ${blocked} is blocked: it comes here by itself and gets no automatic answer. Nothing is deleted.`
        : "It is left out of every other view. Nothing is deleted, and its sender is told nothing."}
    </Callout>
  );
}

function StillBlocked({ number, blocked }: { number: number; blocked: string }) {
  return (
    <Callout
      tone="plain"
      icon={ShieldX}
      className="mt-3 wrap-anywhere"
      title={`Mail from ${blocked} is blocked`}
      actions={<Unblock number={number} blocked={blocked} />}
    >
      This ticket is not in spam, but new mail from there will be.
    </Callout>
  );
}

function Unblock({ number, blocked }: { number: number; blocked: string }) {
  return (
    <ActionButton action={unblock} fields={{ number: String(number) }} busy="Unblocking…">
      <span className="py-1 text-left whitespace-normal">Unblock {blocked}</span>
    </ActionButton>
  );
}

function Hint({ number, verdict }: { number: number; verdict: string }) {
  const fields = { number: String(number) };
  return (
    <Callout
      tone="amber"
      icon={ShieldX}
      className="mt-3 wrap-anywhere"
      title="The mail server takes this for spam"
      serverSaid={verdict}
      actions={
        <>
          <ActionButton action={setSpam} fields={{ ...fields, isSpam: "yes" }} busy="Saving…">
            Mark as spam
          </ActionButton>
          <ActionButton action={setSpam} fields={{ ...fields, isSpam: "no" }} busy="Saving…">
            Not spam
          </ActionButton>
        </>
      }
    >
      Filters are sometimes wrong, so Mailroom leaves it to you. It was not acknowledged.
    </Callout>
  );
}
