import { setTimeout as sleep } from "node:timers/promises";
import { db } from "@/lib/db/client";

const POLL_MS_MAX = 90_000;

/**
 * Waits until a poll that began after `since` has finished and no mail of the account waits.
 * @returns a sentence for people; `ok` is false when the poll failed or did not finish.
 */
export async function awaitFirstPoll(
  accountId: string,
  since: Date,
): Promise<{ ok: boolean; sentence: string }> {
  for (let waitedMs = 0; waitedMs < POLL_MS_MAX; waitedMs += 200) {
    const run = await db().prisma.pollRun.findFirst({
      where: { accountId, startedAt: { gte: since }, finishedAt: { not: null } },
      orderBy: { startedAt: "asc" },
      select: { seen: true, error: true },
    });
    if (run?.error) return { ok: false, sentence: `failed: ${run.error}` };
    const waiting = await db().prisma.inboundEmail.count({
      where: { accountId, status: "PENDING" },
    });
    if (run && waiting === 0)
      return { ok: true, sentence: run.seen === 1 ? "1 new mail" : `${run.seen} new mails` };
    await sleep(200);
  }
  return { ok: false, sentence: "not finished yet; Admin Portal, Mail shows how it goes on" };
}

/** What became of all mail of the account, as the receipts say. The parts add up to the whole. */
export async function describeMails(accountId: string): Promise<string> {
  const receipts = await db().prisma.inboundEmail.findMany({
    where: { accountId },
    select: { status: true, outcome: true, message: { select: { automaticKind: true } } },
  });
  const counts = new Map<string, number>();
  for (const { status, outcome, message } of receipts) {
    const what = status === "PROCESSED" ? kindOf(outcome, message?.automaticKind) : status;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const parts = Object.entries(WORDS).flatMap(([what, [one, many]]) => {
    const count = counts.get(what) ?? 0;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return `Mails read so far: ${receipts.length} = ${parts.join(" + ") || "none"}`;
}

const WORDS: Record<string, [one: string, many: string]> = {
  ticket: ["ticket", "tickets"],
  reply: ["reply that joined its ticket", "replies that joined their ticket"],
  automatic: ["automatic mail", "automatic mails"],
  DUPLICATE: ["seen before", "seen before"],
  IGNORED: ["ignored", "ignored"],
  HELD: ["held for an admin's yes", "held for an admin's yes"],
  QUARANTINED: ["in quarantine", "in quarantine"],
  PENDING: ["waiting", "waiting"],
};

function kindOf(outcome: string | null, automaticKind: string | null | undefined): string {
  if (automaticKind) return "automatic";
  return outcome === "message" ? "reply" : "ticket";
}
