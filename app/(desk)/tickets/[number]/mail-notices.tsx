import { Lock, PackageOpen, Signature } from "lucide-react";
import { Callout } from "@/app/ui/callout";
import type { Wrapping } from "@/lib/mail/wrapping";
import type { ConversationMessage } from "@/lib/tickets/conversation";
import { CalendarCard } from "./calendar-card";

/** What stands between the head and the text of a mail that came in. */
export function MailNotices({ message }: { message: ConversationMessage }) {
  if (message.kind !== "INBOUND") return null;
  return (
    <>
      {message.wrappings.map((wrapping) => (
        <WrappingNotice key={wrapping} wrapping={wrapping} />
      ))}
      {message.calendar && <CalendarCard calendar={message.calendar} />}
    </>
  );
}

function WrappingNotice({ wrapping }: { wrapping: Wrapping }) {
  switch (wrapping) {
    case "encrypted":
      return (
        <Callout
          tone="plain"
          icon={Lock}
          title="This mail is encrypted or sealed"
          className="mt-2.5 max-w-[68ch]"
        >
          Mailroom has no key for it. Open the original email in a mail program that has the key, or
          ask the sender to write again without encryption.
        </Callout>
      );
    case "winmail":
      return (
        <Callout
          tone="plain"
          icon={PackageOpen}
          title="Outlook packed a part of this mail into winmail.dat"
          className="mt-2.5 max-w-[68ch]"
        >
          Files or formatting may be missing here. Ask the sender to send it as HTML or plain text,
          or open winmail.dat with a program for such files.
        </Callout>
      );
    case "signed":
      return (
        <p className="mt-[3px] flex gap-1.5 text-sm text-ink-3">
          <Signature aria-hidden className="icon-badge mt-0.5" />
          Carries a digital signature, which Mailroom does not check.
        </p>
      );
  }
}
