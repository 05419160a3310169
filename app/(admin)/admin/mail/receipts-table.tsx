import { Download } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";
import { RelativeTime } from "@/app/ui/relative-time";
import type { ReceiptRow } from "@/lib/inbound/receipts";
import { DecisionButton } from "./decision-button";
import { OutcomeBadge } from "./outcome-badge";

const head = "border-b border-rule px-2.5 py-2 text-left text-xs font-semibold text-ink-3";
const cell = "px-2.5 py-2.5 align-top text-sm/5 max-md:p-0";

/** Received mails, newest first; on a phone each is a block of lines. */
export function ReceiptsTable({ rows }: { rows: ReceiptRow[] }) {
  return (
    <table className="w-full border-collapse max-md:block">
      <caption className="sr-only">Received mails, newest first</caption>
      <thead className="max-md:hidden">
        <tr>
          <th scope="col" className={`${head} w-[136px] pl-7`}>
            Received
          </th>
          <th scope="col" className={`${head} w-[34%]`}>
            Mail
          </th>
          <th scope="col" className={`${head} w-[132px]`}>
            Outcome
          </th>
          <th scope="col" className={head}>
            Why
          </th>
          <th scope="col" className={`${head} w-[1%] pr-7`}>
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className="max-md:block">
        {rows.map((row) => (
          <tr
            key={row.id}
            className="border-b border-rule max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-2.5 max-md:gap-y-1 max-md:px-4 max-md:py-3"
          >
            <td
              className={`${cell} whitespace-nowrap text-ink-2 max-md:col-start-2 max-md:row-start-1 md:pl-7`}
            >
              <RelativeTime date={row.receivedAt} />
            </td>
            <td
              className={`${cell} max-w-0 max-md:col-start-1 max-md:row-start-1 max-md:max-w-none`}
            >
              <MailCell row={row} />
            </td>
            <td className={`${cell} max-md:col-start-1`}>
              <OutcomeBadge outcome={row.outcome} />
            </td>
            <td className={`${cell} break-words text-ink-2 max-md:col-span-2`}>
              <Why row={row} />
            </td>
            <td className={`${cell} max-md:col-span-2 md:pr-7`}>
              <Actions row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MailCell({ row }: { row: ReceiptRow }) {
  const sender = row.from?.address ?? "Unknown sender";
  return (
    <>
      <span className="block truncate text-left" dir="auto">
        {row.hasOriginal ? row.subject || "(no subject)" : "Never delivered by the server"}
      </span>
      <span className="block truncate text-ink-3" title={row.from?.name || undefined}>
        {row.hasOriginal && sender}
        {row.accountEmail && ` to ${row.accountEmail}`}
      </span>
    </>
  );
}

function Why({ row }: { row: ReceiptRow }) {
  const reason =
    row.reason ?? (row.attempts > 0 ? `Tried ${row.attempts} times so far` : "In the queue");
  return (
    <>
      <Reason text={reason} ticketNumber={row.ticketNumber} />
      {row.error && row.error !== row.reason && (
        <span className="block text-ink-3">{row.error}</span>
      )}
      {row.isAskedAgain && (
        <span className="block text-ink-3">The next poll asks the server for it again.</span>
      )}
    </>
  );
}

/** The reason, with its ticket's number as the link; added behind it where the words don't name it. */
function Reason({ text, ticketNumber }: { text: string; ticketNumber: number | null }) {
  if (ticketNumber === null) return text;
  const name = `#${ticketNumber}`;
  const link = (
    <Link className="link" href={paths.ticket(ticketNumber)}>
      {name}
    </Link>
  );
  const [before, after] = text.split(new RegExp(`${name}(?!\\d)(.*)`, "s"));
  if (after === undefined)
    return (
      <>
        {text}, {link}
      </>
    );
  return (
    <>
      {before}
      {link}
      {after}
    </>
  );
}

function decisionOn(row: ReceiptRow): "retry" | "release" | "askAgain" | null {
  if (row.status === "HELD") return row.hasOriginal ? "release" : null;
  if (row.status !== "QUARANTINED") return null;
  if (row.hasOriginal) return "retry";
  return row.isAskedAgain || !row.accountEmail ? null : "askAgain";
}

function Actions({ row }: { row: ReceiptRow }) {
  const decision = decisionOn(row);
  return (
    <div className="flex items-center gap-1 md:justify-end">
      {decision && <DecisionButton decision={decision} fields={{ id: row.id }} />}
      {row.hasOriginal && (
        <a
          href={paths.rawMail(row.id)}
          className="inline-flex min-h-7 items-center gap-1.5 rounded-control px-[9px] text-sm font-semibold whitespace-nowrap text-ink-2 hover:bg-hover hover:text-ink max-md:min-h-10 max-md:pl-0"
          aria-label="Original email (.eml)"
          title="Original email"
          download
        >
          <Download aria-hidden className="icon" />
          .eml
        </a>
      )}
    </div>
  );
}
