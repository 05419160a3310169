import { Bot, CornerDownRight, Ellipsis, StickyNote } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";
import { Avatar } from "@/app/ui/avatar";
import { Badge } from "@/app/ui/badge";
import { classNames } from "@/app/ui/class-names";
import { Disclosure } from "@/app/ui/disclosure";
import { RelativeTime } from "@/app/ui/relative-time";
import type { MailAddress } from "@/lib/mail/mail";
import type { ConversationMessage } from "@/lib/tickets/conversation";
import { moveWords } from "@/lib/tickets/move-words";
import { Attachments } from "./attachments";
import { DeliveryLine } from "./delivery-line";
import { ForwardedFrom } from "./forwarded-from";
import { MailFrame } from "./mail-frame";
import { MailNotices } from "./mail-notices";
import { MailText } from "./mail-text";
import { MessageLinks } from "./message-links";
import { SenderMark } from "./sender-mark";
import { senderName } from "./sender-name";
import { WrongTicket } from "./wrong-ticket";

type Props = {
  message: ConversationMessage;
  number: number;
  viewerId: string;
  /** The only mail on its ticket. */
  isAlone?: boolean;
  /** Inside a fold, whose line already names the sender. */
  isInFold?: boolean;
};

/** One mail or note. */
export function Message(props: Props) {
  return props.message.kind === "NOTE" ? <Note {...props} /> : <Mail {...props} />;
}

function Note({ message }: Props) {
  const name = senderName(message);
  return (
    <article
      aria-label={`Internal note by ${name}`}
      className="my-3.5 grid grid-cols-[32px_minmax(0,1fr)] gap-x-1.5 rounded-badge border border-note-line bg-note px-3.5 py-[11px] text-note-ink max-md:grid-cols-1"
    >
      <span className="max-md:hidden">
        <Avatar name={name} />
      </span>
      <div>
        <div className="flex flex-wrap items-center gap-x-2">
          <span className="inline-flex items-center gap-1.5 font-semibold">
            <StickyNote aria-hidden className="icon" />
            Internal note
          </span>
          <span dir="auto" className="text-sm">
            {name}
          </span>
          <RelativeTime date={message.saidAt} className="ml-auto text-xs" />
        </div>
        <MailText text={message.newText} mentions={message.mentions} className="mt-1 text-base" />
        <Attachments attachments={message.attachments} />
      </div>
    </article>
  );
}

function Mail({ message, number, viewerId, isAlone = false, isInFold }: Props) {
  const name = senderName(message);
  const isOurs = message.kind === "OUTBOUND";
  return (
    <article
      aria-label={isOurs ? `Reply by ${name}` : `Mail from ${name}`}
      className={classNames(
        "grid grid-cols-[32px_minmax(0,1fr)] gap-x-2.5 pb-4 max-md:grid-cols-1",
        isInFold ? "pt-0" : "border-b border-rule pt-3.5",
      )}
    >
      <span className="max-md:hidden">
        {!isInFold && <Avatar name={name} isMe={message.author?.id === viewerId} />}
      </span>
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline gap-x-2">
          {!isInFold && (
            <b dir="auto" className="font-semibold">
              {name}
            </b>
          )}
          <span
            dir="auto"
            className="min-w-0 text-sm wrap-anywhere text-ink-3 max-md:order-3 max-md:basis-full"
          >
            {addressLine(message)}
          </span>
          <SenderMark message={message} />
          {message.automaticKind && (
            <Badge tone="grey" icon={Bot}>
              Automatic
            </Badge>
          )}
          {!isInFold && (
            <RelativeTime
              date={message.saidAt}
              className="ml-auto text-xs whitespace-nowrap text-ink-3"
            />
          )}
        </div>
        {!isOurs && <WhyLines message={message} number={number} isAlone={isAlone} />}
        <ForwardedFrom message={message} number={number} />
        <MailNotices message={message} />
        <div className={classNames(isOurs && "mt-2.5 border-l-2 border-edge-soft pl-3.5")}>
          <Body message={message} name={name} isOurs={isOurs} />
        </div>
        <Attachments attachments={message.attachments} />
        {isOurs && <DeliveryLine deliveries={message.deliveries} number={number} />}
        {wasSent(message) && <MessageLinks number={number} messageRowId={message.id} name={name} />}
      </div>
    </article>
  );
}

function Body({
  message,
  name,
  isOurs,
}: {
  message: ConversationMessage;
  name: string;
  isOurs: boolean;
}) {
  if (message.hasHtml)
    return <MailFrame src={paths.messageFrame(message.id)} title={`Mail from ${name}`} />;
  const lines = message.quotedText ? message.quotedText.trim().split("\n").length : 0;
  return (
    <>
      {message.newText.trim() ? (
        <MailText text={message.newText} className={classNames("text-mail", !isOurs && "mt-2.5")} />
      ) : (
        <p className="mt-2.5 text-ink-3">This mail has no text of its own.</p>
      )}
      {lines > 0 && (
        <details className="group mt-2.5" open={message.forwarded !== null}>
          <summary className="inline-flex h-6 list-none items-center gap-1 rounded-badge border border-grey-line bg-grey-bg px-2 text-xs text-grey max-md:h-9 [&::-webkit-details-marker]:hidden">
            <Ellipsis aria-hidden className="icon" />
            <span className="group-open:hidden">Show</span>
            <span className="hidden group-open:inline">Hide</span> quoted text,{" "}
            {lines === 1 ? "1 line" : `${lines} lines`}
          </summary>
          <MailText text={message.quotedText} className="mt-2 text-base text-ink-2" />
        </details>
      )}
    </>
  );
}

/** What became of the mail and why, and where its original is. */
function WhyLines({
  message,
  number,
  isAlone,
}: {
  message: ConversationMessage;
  number: number;
  isAlone: boolean;
}) {
  const original = message.receipts.find((receipt) => receipt.hasBytes);
  const again = message.receipts.filter((receipt) => receipt.status === "DUPLICATE");
  const why = whyOf(message);
  return (
    <>
      {(why || original) && (
        <p className="mt-[3px] flex gap-1.5 text-sm text-ink-3">
          <CornerDownRight aria-hidden className="icon-badge mt-0.5" />
          <span className="min-w-0 wrap-anywhere">
            {why && `${why.replace(/\.?$/, ".")} `}
            {original && (
              <Link
                className="link"
                href={paths.originalMail(number, original.id)}
                prefetch={false}
              >
                Original email
              </Link>
            )}
          </span>
        </p>
      )}
      {message.kind === "INBOUND" && (
        <WrongTicket number={number} messageRowId={message.id} isAlone={isAlone} />
      )}
      {message.automaticWhy && (
        <p className="mt-[3px] pl-[19px] text-sm text-ink-3">
          Written by a machine: {message.automaticWhy}
        </p>
      )}
      {again.length > 0 && (
        <Disclosure
          label={again.length === 1 ? "Came once more" : `Came ${again.length} more times`}
          className="mt-1 pl-[19px]"
        >
          <ul className="text-sm text-ink-3">
            {again.map((receipt) => (
              <li key={receipt.id}>
                {receipt.account?.email ?? "A deleted account"}, {receipt.folder},{" "}
                <RelativeTime date={receipt.receivedAt} />: {receipt.reason}
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
      {message.warnings.length > 0 && (
        <Disclosure
          label={
            message.warnings.length === 1
              ? "1 remark about this mail"
              : `${message.warnings.length} remarks about this mail`
          }
          className="mt-1 pl-[19px]"
        >
          <ul className="text-sm text-ink-3">
            {message.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Disclosure>
      )}
    </>
  );
}

/** What became of a mail; where an agent has put it since, that comes first. */
function whyOf({ reason, receipts, move }: ConversationMessage): string | null {
  const first = reason ?? receipts[0]?.reason ?? null;
  if (!move) return first;
  return first ? `${moveWords(move)}. Before: ${first}` : moveWords(move);
}

function addressLine(message: ConversationMessage): string {
  const to = message.to.map(addressText).join(", ");
  const cc = message.cc.map(addressText).join(", ");
  // A sender without a name stands there by the address already.
  const isNamed = message.kind === "INBOUND" && senderName(message) !== message.fromAddress;
  const from = isNamed ? (message.fromAddress ?? "") : "";
  const bcc = message.bcc.map(addressText).join(", ");
  const aside = message.isAside && message.kind === "OUTBOUND" ? " (not to the requester)" : "";
  return `${[from, to && `to ${to}`].filter(Boolean).join(" ")}${cc && `, cc ${cc}`}${bcc && `, bcc ${bcc}`}${aside}`;
}

/** Whether it left, or will: what was stopped can't be answered. */
function wasSent({ deliveries }: ConversationMessage): boolean {
  return deliveries.length === 0 || deliveries.some(({ status }) => status !== "CANCELLED");
}

function addressText({ name, address }: MailAddress): string {
  return name || address;
}
