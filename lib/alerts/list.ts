import { db } from "../db/client";
import type { Prisma } from "../db/generated/client";

const ALERT_COLUMNS = {
  ...{ id: true, accountId: true, email: true, lateSince: true, cause: true },
  ...{ openedAt: true, closedAt: true, ending: true, mailed: true },
} satisfies Prisma.AccountAlertSelect;

export type AlertRow = Prisma.AccountAlertGetPayload<{ select: typeof ALERT_COLUMNS }>;

const DELIVERY_COLUMNS = {
  ...{ id: true, event: true, status: true, attempts: true, lastResult: true },
  ...{ createdAt: true, nextAttemptAt: true },
} satisfies Prisma.WebhookDeliverySelect;

export type WebhookDeliveryRow = Prisma.WebhookDeliveryGetPayload<{
  select: typeof DELIVERY_COLUMNS;
}>;

const SHOWN_MAX = 25;

/** The last alerts, those that go on first. */
export function listAlerts(): Promise<AlertRow[]> {
  return db().prisma.accountAlert.findMany({
    orderBy: [{ closedAt: { sort: "desc", nulls: "first" } }, { openedAt: "desc" }],
    take: SHOWN_MAX,
    select: ALERT_COLUMNS,
  });
}

/** The last requests to the webhook. */
export function listDeliveries(): Promise<WebhookDeliveryRow[]> {
  return db().prisma.webhookDelivery.findMany({
    orderBy: { createdAt: "desc" },
    take: SHOWN_MAX,
    select: DELIVERY_COLUMNS,
  });
}
