import { CirclePlay } from "lucide-react";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import type { WaitingMails } from "@/lib/inbound/receipts";
import { releaseAll } from "./actions";

const format = new Intl.NumberFormat("en-US");

/** Mail that waits for an admin's yes, account by account. */
export function HeldMail({ waiting }: { waiting: WaitingMails[] }) {
  return waiting.map(({ accountId, email, count }) => {
    const mails = `${format.format(count)} ${count === 1 ? "mail" : "mails"}`;
    const account = email ?? "a deleted email account";
    return (
      <div key={accountId ?? "deleted"} className="gutter py-3">
        <Callout
          tone="amber"
          title={`${mails} of ${account} ${count === 1 ? "waits" : "wait"} for your yes.`}
          actions={
            <>
              <ConfirmDialog
                trigger="Release all"
                triggerSize="small"
                triggerIcon={<CirclePlay aria-hidden className="icon" />}
                title={`Release ${mails} of ${account}?`}
                confirm="Release all"
                confirmVariant="primary"
                busy="Releasing…"
                action={releaseAll}
                fields={{ accountId: accountId ?? "" }}
              >
                Each becomes a ticket or joins one, oldest first, as if it had just come. Nobody
                gets an automatic answer to it.
              </ConfirmDialog>
              <LinkButton
                size="small"
                variant="quiet"
                href={paths.mail({ status: "HELD", account: accountId })}
              >
                Look at {count === 1 ? "it" : "them"}
              </LinkButton>
            </>
          }
        >
          More came at once than is likely: in a folder that was reset on the server, or from one
          sender who opened hundreds of tickets in minutes. No other mail is held up by it. Release{" "}
          {count === 1 ? "it if it is" : "them if they are"} real; otherwise delete{" "}
          {count === 1 ? "it" : "them"} on the server and leave {count === 1 ? "it" : "them"} here.
        </Callout>
      </div>
    );
  });
}
