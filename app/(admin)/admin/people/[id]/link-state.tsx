import type { LatestLink } from "@/lib/access-links";
import { Callout } from "../../../../ui/callout";
import { RelativeTime } from "../../../../ui/relative-time";

/** What became of the newest link of a person: handed over, on its way, there, or come back. */
export function LinkState({ link }: { link: LatestLink }) {
  const { delivery } = link;
  if (delivery?.lastError)
    return (
      <Callout tone="red" title="The newest link did not get there." className="mb-3">
        {delivery.lastError} {delivery.lastErrorFix}
      </Callout>
    );
  return (
    <p className="mb-3 text-sm text-ink-2">
      {delivery ? DELIVERY[delivery.status] : "Newest link made to hand over"}{" "}
      <RelativeTime date={delivery?.sentAt ?? link.createdAt} />
      {STATE[link.state]}
    </p>
  );
}

const DELIVERY = {
  QUEUED: "Newest link waiting to be sent since",
  SENDING: "Newest link being sent since",
  SENT: "Newest link sent",
  FAILED: "Newest link not sent, given up",
  CANCELLED: "Newest link not sent, cancelled",
  UNKNOWN: "Newest link sent, but the server gave no answer",
} as const;

const STATE = { open: ".", expired: "; too old by now.", over: "; it works no more." } as const;
