import { Forward } from "lucide-react";
import { ActionButton } from "@/app/ui/action-button";
import type { MailAddress } from "@/lib/mail/mail";
import type { ConversationMessage } from "@/lib/tickets/conversation";
import { setRequester } from "./actions";

type Props = { message: ConversationMessage; number: number };

/** Whose mail was forwarded, and one click that makes them the requester, or gives it back. */
export function ForwardedFrom({ message: { forwarded, kind }, number }: Props) {
  if (!forwarded || kind !== "INBOUND") return null;
  const { from, offer } = forwarded;
  const isTheirs = offer?.address !== from.address;
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-2">
      <p className="flex min-w-0 gap-1.5">
        <Forward aria-hidden className="icon-badge mt-0.5" />
        <span dir="auto" className="min-w-0 wrap-anywhere">
          Forwarded from {personText(from)}
        </span>
      </p>
      {offer && (
        <ActionButton
          action={setRequester}
          fields={{ number: String(number), address: offer.address, name: offer.name }}
          busy="Changing…"
        >
          {isTheirs
            ? `Make ${offer.name || offer.address} the requester`
            : "Make them the requester"}
        </ActionButton>
      )}
    </div>
  );
}

function personText({ name, address }: MailAddress): string {
  return name ? `${name} <${address}>` : address;
}
