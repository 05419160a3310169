import { saveWebhook } from "@/lib/alerts/webhook-settings";
import { ADMIN } from "./callers";
import { type ActionCase, admins, NOWHERE, nobody, unique } from "./calls";

const ALERTS = "app/(admin)/admin/alerts/actions.ts";

const owner = { id: null, role: "ADMIN" as const };
const nextUrl = () => `https://${unique().split("@")[0]}.example/`;

/** A webhook that is set up. */
const onWebhook =
  (url = nextUrl) =>
  async () => {
    await saveWebhook(owner, url());
    return { form: {} };
  };

/** The actions on where alerts are sent to: part of ACTIONS. */
export const ALERT_ACTIONS: Record<string, ActionCase[]> = {
  [`${ALERTS}#saveAlertWebhook`]: [
    ...admins("a new address", async () => ({ form: { url: nextUrl() } })),
    nobody("an address without https", async () => ({ form: { url: "http://example.com/" } })),
  ],
  [`${ALERTS}#renewAlertSecret`]: admins("the webhook", onWebhook()),
  [`${ALERTS}#testAlertWebhook`]: [
    {
      what: "a webhook where nobody listens",
      call: onWebhook(() => `https://127.0.0.1:${NOWHERE.smtpPort}/`),
      ...{ allowed: ADMIN, answers: /Nothing answers at that address/ },
    },
  ],
  [`${ALERTS}#removeAlertWebhook`]: admins("the webhook", onWebhook()),
};
