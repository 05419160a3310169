import type { Metadata } from "next";
import Link from "next/link";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { ClockTime } from "@/app/ui/clock-time";
import { Figures } from "@/app/ui/figures";
import { PageHeader } from "@/app/ui/page-header";
import {
  type AlertRow,
  listAlerts,
  listDeliveries,
  type WebhookDeliveryRow,
} from "@/lib/alerts/list";
import { findWebhook } from "@/lib/alerts/webhook-settings";
import { db } from "@/lib/db/client";
import { Part } from "../monitoring/figures";
import { WebhookForm } from "./webhook-form";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage() {
  await requireAdmin();
  const [alerts, deliveries, webhook] = await Promise.all([
    listAlerts(),
    listDeliveries(),
    findWebhook(db().prisma),
  ]);
  return (
    <>
      <PageHeader title="Alerts" back={{ href: paths.monitoring(), label: "Monitoring" }} />
      <div className="gutter space-y-7 pt-5 pb-10">
        <div className="max-w-[72ch] space-y-2 text-sm text-ink-2">
          <p>
            When an account that should be polled has brought no mail for more than five minutes,
            every admin is told by mail, once, and once more when it works again. The mail leaves
            from another account that works. Where none does, only the webhook and the line at the
            top of each admin’s page tell of it.
          </p>
          <p>
            <Link className="link" href={paths.help("email-troubleshooting")}>
              When mail does not arrive
            </Link>
          </p>
        </div>
        <Part title="Webhook">
          <WebhookForm url={webhook?.url ?? null} />
        </Part>
        <Part title="Last alerts">
          <Alerts alerts={alerts} />
        </Part>
        {deliveries.length > 0 && (
          <Part title="Last requests to the webhook">
            <Deliveries deliveries={deliveries} />
          </Part>
        )}
      </div>
    </>
  );
}

const ENDINGS: Record<string, string> = {
  recovered: "Works again",
  paused: "Paused",
  removed: "Deleted",
};

function Alerts({ alerts }: { alerts: AlertRow[] }) {
  if (alerts.length === 0) return <p className="text-sm text-ink-2">There was none.</p>;
  return (
    <Figures
      caption="Last alerts"
      words={5}
      head={["Account", "No mail since", "Told", "Now", "Cause", "Mails"]}
      rows={alerts.map((alert) => ({
        key: alert.id,
        cells: [
          alert.accountId ? (
            <Link
              key="account"
              className="link [overflow-wrap:anywhere]"
              href={paths.monitoredAccount(alert.accountId)}
            >
              {alert.email}
            </Link>
          ) : (
            alert.email
          ),
          <ClockTime key="since" date={alert.lateSince} />,
          <ClockTime key="told" date={alert.openedAt} />,
          alert.closedAt ? (
            <>
              {ENDINGS[alert.ending ?? ""]}, <ClockTime date={alert.closedAt} />
            </>
          ) : (
            <span key="now" className="text-red">
              Brings no mail
            </span>
          ),
          alert.cause ?? "–",
          String(alert.mailed),
        ],
      }))}
    />
  );
}

const EVENTS: Record<string, string> = {
  "accounts.stopped": "Accounts brought no mail",
  "accounts.resolved": "That was over",
};

const STATUSES: Record<string, string> = { SENT: "Taken", FAILED: "Given up", QUEUED: "Waits" };

function Deliveries({ deliveries }: { deliveries: WebhookDeliveryRow[] }) {
  return (
    <Figures
      caption="Last requests to the webhook"
      words={4}
      head={["Written", "What it tells", "State", "Last answer", "Tries"]}
      rows={deliveries.map((delivery) => ({
        key: delivery.id,
        cells: [
          <ClockTime key="time" date={delivery.createdAt} />,
          EVENTS[delivery.event] ?? delivery.event,
          STATUSES[delivery.status] ?? delivery.status,
          delivery.lastResult ?? "–",
          String(delivery.attempts),
        ],
      }))}
    />
  );
}
