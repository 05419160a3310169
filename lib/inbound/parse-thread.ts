import { type FiledMail, fileAway } from "../mail/file-away";
import { MailUnreadable, parseMail } from "../mail/parse";

/** What comes back for a mail. Errors lose their class on the way, so they travel as values. */
export type ParseOutcome =
  | { mail: FiledMail }
  | { unreadable: MailUnreadable["reason"] }
  | { failed: string };

// The process that started us decides when we end; a Ctrl-C in its terminal reaches us as well.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.on("disconnect", () => process.exit());
let last = Promise.resolve();
process.on("message", (raws: unknown) => {
  last = last.then(async () => {
    process.send?.(await outcomesOf(raws));
  });
});

/** One after the other, in their order. */
async function outcomesOf(raws: unknown): Promise<ParseOutcome[]> {
  const outcomes: ParseOutcome[] = [];
  for (const raw of Array.isArray(raws) ? raws : []) outcomes.push(await outcomeOf(raw));
  return outcomes;
}

async function outcomeOf(raw: unknown): Promise<ParseOutcome> {
  try {
    if (!(raw instanceof Uint8Array)) throw new Error("asked to parse what are no bytes");
    return { mail: fileAway(await parseMail(raw)) };
  } catch (error) {
    if (error instanceof MailUnreadable) return { unreadable: error.reason };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
