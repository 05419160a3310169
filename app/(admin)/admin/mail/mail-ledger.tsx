import { CircleCheck, TriangleAlert } from "lucide-react";
import type { Ledger, ReceiptOutcome } from "@/lib/inbound/receipts";

/** Shown always, in this order; the others only when they are not zero. */
const PARTS: { outcome: ReceiptOutcome; word: string; isAlways: boolean; colour?: string }[] = [
  { outcome: "ticket", word: "new tickets", isAlways: true },
  { outcome: "reply", word: "replies", isAlways: true },
  { outcome: "automatic", word: "automatic", isAlways: true },
  { outcome: "duplicate", word: "seen before", isAlways: true },
  { outcome: "ignored", word: "ignored", isAlways: true },
  { outcome: "quarantined", word: "in quarantine", isAlways: true, colour: "text-amber" },
  { outcome: "held", word: "on hold", isAlways: false, colour: "text-amber" },
  { outcome: "waiting", word: "waiting", isAlways: true },
  { outcome: "other", word: "unknown", isAlways: false, colour: "text-red" },
];

const format = new Intl.NumberFormat("en-US");

/** Every mail that was seen, accounted for. */
export function MailLedger({ ledger, span }: { ledger: Ledger; span: string }) {
  const parts = PARTS.filter(({ outcome, isAlways }) => isAlways || ledger.parts[outcome] > 0);
  return (
    <section
      aria-label={`Mail of ${span}, accounted for`}
      className="gutter flex flex-wrap items-end gap-x-3.5 gap-y-2.5 border-b border-rule py-[18px]"
    >
      <dl className="flex flex-wrap items-end gap-x-3.5 gap-y-2.5 max-md:grid max-md:w-full max-md:grid-cols-3">
        <Figure word={`seen ${span}`} count={ledger.seen} />
        {parts.map(({ outcome, word, colour }, index) => (
          <Figure
            key={outcome}
            sign={index === 0 ? "=" : "+"}
            word={word}
            count={ledger.parts[outcome]}
            colour={ledger.parts[outcome] > 0 ? colour : undefined}
          />
        ))}
      </dl>
      {ledger.addsUp ? (
        <p className="flex grow items-center justify-end gap-1.5 text-sm font-semibold text-green max-md:justify-start">
          <CircleCheck aria-hidden className="icon" />
          Every mail accounted for
        </p>
      ) : (
        <p className="flex grow items-center justify-end gap-1.5 text-sm font-semibold text-red max-md:justify-start">
          <TriangleAlert aria-hidden className="icon" />
          This does not add up
        </p>
      )}
    </section>
  );
}

type FigureProps = { word: string; count: number; colour?: string; sign?: "=" | "+" };

/** The sign stands inside the value: a <dl> may hold nothing but terms and values. */
function Figure({ word, count, colour, sign }: FigureProps) {
  return (
    <div className={`relative flex flex-col-reverse ${sign ? "md:pl-6" : ""}`}>
      <dt className="text-xs whitespace-nowrap text-ink-2">{word}</dt>
      <dd className={`text-xl font-semibold ${colour ?? ""}`}>
        {sign && (
          <span
            aria-hidden
            className="absolute top-0.5 left-0 text-lg font-normal text-ink-3 max-md:hidden"
          >
            {sign}
          </span>
        )}
        {format.format(count)}
      </dd>
    </div>
  );
}
