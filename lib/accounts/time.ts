import { db, inTransaction } from "../db/client";
import { AppError } from "../errors";
import { WEEKDAYS } from "../opening-text";
import { isUuid } from "../uuid";
import { type AccountActor, assertAdmin, recordAudit } from "./admin";
import { lockAccount } from "./lock";
import type { AccountTimeValues } from "./time-schema";

/** Before any ticket: a change is looked through from here on. */
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

const SELECT = {
  ...{ timeZone: true, openings: true, holidays: true },
  ...{ firstResponseMinutes: true, resolutionMinutes: true },
} as const;

/**
 * An account's hours and targets as its form shows them; those of an office where nothing is set yet.
 * @throws AppError "forbidden", "not-found".
 */
export async function getAccountTime(
  actor: AccountActor,
  id: string,
): Promise<{ email: string; values: Record<string, string>; isSet: boolean }> {
  assertAdmin(actor);
  const account = isUuid(id)
    ? await db().prisma.emailAccount.findUnique({
        where: { id },
        select: { email: true, time: { select: SELECT } },
      })
    : null;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  const { email, time } = account;
  const office = WEEKDAYS.map((_, index) => (index < 5 ? "09:00-17:00" : ""));
  const week = time && time.openings.length > 0 ? time.openings : office;
  return {
    ...{ email, isSet: time !== null },
    values: {
      timeZone: time?.timeZone ?? "",
      hours: time && time.openings.length > 0 ? "week" : "always",
      ...Object.fromEntries(week.map((text, index) => [`day${index}`, text])),
      holidays: (time?.holidays ?? []).join("\n"),
      firstResponseHours: hoursText(time?.firstResponseMinutes),
      resolutionHours: hoursText(time?.resolutionMinutes),
    },
  };
}

/**
 * Keeps an account's hours and targets. The worker then works out anew by when its open tickets are
 * due; what is done stays as it was measured.
 * @throws AppError "forbidden", "not-found".
 */
export async function saveAccountTime(
  actor: AccountActor,
  id: string,
  values: AccountTimeValues,
): Promise<{ email: string }> {
  assertAdmin(actor);
  return inTransaction(async (tx) => {
    const { account } = await lockAccount(tx, id);
    const row = { ...values, restateAfter: FIRST_ID };
    await tx.accountTime.upsert({
      where: { accountId: id },
      create: { accountId: id, ...row },
      update: row,
      select: { accountId: true },
    });
    await recordAudit(tx, actor, { action: "account.time", accountId: id, data: values });
    return { email: account.email };
  });
}

/** 90 minutes are "1.5" hours. */
function hoursText(minutes: number | null | undefined): string {
  return minutes ? String(Math.round((minutes / 60) * 100) / 100) : "";
}
