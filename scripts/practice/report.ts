import { setTimeout as sleep } from "node:timers/promises";
import { db } from "@/lib/db/client";

const POLL_MS_MAX = 90_000;

/**
 * Waits until a poll that began after `since` has finished and no mail of the account waits.
 * @returns what that poll made of the mail, for people; `ok` is false when it failed or did not finish.
 */
export async function awaitFirstPoll(
  accountId: string,
  since: Date,
): Promise<{ ok: boolean; sentence: string }> {
  for (let waitedMs = 0; waitedMs < POLL_MS_MAX; waitedMs += 200) {
    const run = await db().prisma.pollRun.findFirst({
      where: { accountId, startedAt: { gte: since }, finishedAt: { not: null } },
      orderBy: { startedAt: "asc" },
      select: { id: true, error: true },
    });
    if (run?.error) return { ok: false, sentence: `failed: ${run.error}` };
    const waiting = await db().prisma.inboundEmail.count({
      where: { accountId, status: "PENDING" },
    });
    if (run && waiting === 0) return { ok: true, sentence: await describePoll(accountId, run.id) };
    await sleep(200);
  }
  return { ok: false, sentence: "not finished yet; Admin Portal, Mail shows how it goes on" };
}

async function describePoll(accountId: string, pollRunId: string): Promise<string> {
  const read = await describeMails({ pollRunId });
  if (read.total > 0) return `${mails(read.total)} read = ${read.parts}`;
  const before = await describeMails({ accountId });
  return `nothing new; ${mails(before.total)} of earlier starts = ${before.parts}`;
}

const mails = (count: number) => `${count} ${count === 1 ? "mail" : "mails"}`;

/** What became of mails, as their receipts say. The parts add up to the total. */
async function describeMails(
  where: { pollRunId: string } | { accountId: string },
): Promise<{ total: number; parts: string }> {
  const receipts = await db().prisma.inboundEmail.findMany({
    where,
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
  return { total: receipts.length, parts: parts.join(" + ") || "none" };
}

const WORDS: Record<string, [one: string, many: string]> = {
  ticket: ["ticket", "tickets"],
  reply: ["reply on its ticket", "replies on their ticket"],
  "automatic ticket": ["ticket of automatic mail", "tickets of automatic mail"],
  "automatic reply": ["automatic mail on its ticket", "automatic mails on their tickets"],
  DUPLICATE: ["seen before", "seen before"],
  IGNORED: ["ignored", "ignored"],
  HELD: ["held for an admin's yes", "held for an admin's yes"],
  QUARANTINED: ["in quarantine", "in quarantine"],
  PENDING: ["waiting", "waiting"],
};

function kindOf(outcome: string | null, automaticKind: string | null | undefined): string {
  const kind = outcome === "message" ? "reply" : "ticket";
  return automaticKind ? `automatic ${kind}` : kind;
}
