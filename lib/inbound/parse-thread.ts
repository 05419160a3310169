import { setImmediate as turnOfEvents } from "node:timers/promises";
import { serialize } from "node:v8";
import { type FiledMail, fileAway } from "../mail/file-away";
import { MailUnreadable, parseMail } from "../mail/parse";
import { CHANNEL_FD, ParserEnd } from "./parse-channel";
import { isAskedFor } from "./routing-headers";

/** What comes back for a mail. Errors lose their class on the way, so they travel as values. */
export type ParseOutcome =
  | { mail: FiledMail }
  | { unreadable: MailUnreadable["reason"] }
  | { failed: string };

// The process that started us decides when we end; a Ctrl-C in its terminal reaches us as well.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

const worker = new ParserEnd(CHANNEL_FD);
for (let mails = worker.nextMails(); mails !== null; mails = worker.nextMails()) {
  worker.answer(serialize(await outcomesOf(mails)));
  // Waiting for mails stops everything else, and V8 has work of its own now and then.
  await turnOfEvents();
}
process.exit();

/** One after the other, in their order. */
async function outcomesOf(mails: readonly Buffer[]): Promise<ParseOutcome[]> {
  const outcomes: ParseOutcome[] = [];
  for (const mail of mails) outcomes.push(await outcomeOf(mail));
  return outcomes;
}

async function outcomeOf(raw: Buffer): Promise<ParseOutcome> {
  try {
    const mail = fileAway(await parseMail(raw));
    // Headers are half of what there is to hand over, and nobody stores them.
    return { mail: { ...mail, headers: mail.headers.filter(isAskedFor) } };
  } catch (error) {
    if (error instanceof MailUnreadable) return { unreadable: error.reason };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
