import { RelativeTime } from "@/app/ui/relative-time";
import { AnswerForm } from "./forms";
import type { CustomerMail } from "./practice-server";

/** What the desk has sent, as its customers got it. */
export function CustomerInbox({ mails }: { mails: CustomerMail[] }) {
  if (mails.length === 0)
    return (
      <p className="mt-2 max-w-[68ch] text-ink-2">
        Nothing yet. Open a ticket and send a reply: it arrives here, and you can answer it as the
        customer.
      </p>
    );
  return (
    <ul className="mt-1">
      {mails.map((mail) => (
        <li key={mail.uid} className="border-rule border-t py-3 first:border-t-0">
          <div className="flex flex-wrap items-baseline gap-x-3">
            <p className="min-w-0 grow break-words font-semibold" dir="auto">
              {mail.subject || "(no subject)"}
            </p>
            <RelativeTime date={mail.receivedAt} className="text-sm text-ink-3" />
          </div>
          <p className="break-words text-sm text-ink-2">
            {mail.from} to {mail.to}
          </p>
          <p className="mt-2 max-w-[68ch] whitespace-pre-wrap break-words text-mail" dir="auto">
            {mail.text}
          </p>
          <AnswerForm uid={mail.uid} customer={mail.toName} />
        </li>
      ))}
    </ul>
  );
}
