import { ShieldAlert, ShieldCheck } from "lucide-react";
import { useId } from "react";
import { Badge } from "@/app/ui/badge";
import { checkSender } from "@/lib/mail/auth-results";
import type { ConversationMessage } from "@/lib/tickets/conversation";

/**
 * What the receiving server found about the sender, beside the name: a quiet tick, or a badge whose
 * words unfold when it has the focus (a tap or the Tab key), and show on hover. Nothing where the
 * server said nothing. A child of the message's head line, which wraps.
 */
export function SenderMark({ message }: { message: ConversationMessage }) {
  const id = useId();
  const { authentication, fromAddress, kind } = message;
  if (kind !== "INBOUND" || !authentication || !fromAddress) return null;
  const domain = fromAddress.slice(fromAddress.lastIndexOf("@") + 1);
  const check = checkSender(authentication);
  if (check === "unknown") return null;
  if (check === "verified") {
    const words = `Sender verified: the receiving server confirmed ${domain}`;
    return (
      <span title={words} className="inline-flex self-center text-ink-3">
        <ShieldCheck aria-hidden className="icon-badge" />
        <span className="sr-only">{words}</span>
      </span>
    );
  }
  const why =
    authentication.dmarc === "fail"
      ? "its DMARC check failed"
      : `it came from a server that is not one of theirs (SPF ${authentication.spf})`;
  const words = `The receiving server could not confirm that this mail is from ${domain}: ${why}. Be careful with its links, files and requests.`;
  return (
    <span className="group/mark contents">
      <button
        type="button"
        aria-describedby={id}
        title={words}
        className="inline-flex rounded-badge max-md:order-3 max-md:min-h-9 max-md:items-center"
      >
        <Badge tone="amber" icon={ShieldAlert}>
          Sender not verified
        </Badge>
      </button>
      <span
        id={id}
        className="order-last mt-1 hidden basis-full text-sm text-amber group-focus-within/mark:block"
      >
        {words}
      </span>
    </span>
  );
}
