import {
  type ActionCase,
  admins,
  blocked,
  nobody,
  onMailOf,
  onReceipt,
  onUndelivered,
  unique,
} from "./calls";

const MAIL = "app/(admin)/admin/mail/actions.ts";
const BLOCKED = "app/(admin)/admin/blocked/actions.ts";

/** The actions on mail that did not become a message, and on who may send none: part of ACTIONS. */
export const MAIL_ACTIONS: Record<string, ActionCase[]> = {
  [`${MAIL}#retry`]: [
    ...admins("a quarantined mail", onReceipt("QUARANTINED")),
    nobody("a processed mail", onReceipt("PROCESSED")),
  ],
  [`${MAIL}#retryAll`]: [
    ...admins("an account with a quarantined mail", onMailOf("QUARANTINED")),
    nobody("an account with mail on hold", onMailOf("HELD")),
  ],
  [`${MAIL}#releaseAll`]: [
    ...admins("an account with mail on hold", onMailOf("HELD")),
    nobody("an account with a quarantined mail", onMailOf("QUARANTINED")),
  ],
  [`${MAIL}#askAgain`]: [
    // No worker runs, which is refused, but it stays asked for.
    ...admins("a mail without bytes", onUndelivered),
    nobody("a mail with its bytes", onReceipt("QUARANTINED")),
  ],

  [`${BLOCKED}#addBlock`]: [
    ...admins("a domain", async () => ({ form: { sender: `${unique().split("@")[0]}.test` } })),
    nobody("a domain of everybody", async () => ({ form: { sender: "gmail.com" } })),
  ],
  [`${BLOCKED}#removeBlock`]: [
    ...admins("a block", async () => ({ form: { id: (await blocked(unique())).id } })),
    nobody("a person's id", async ({ ids }) => ({ form: { id: ids.agent } })),
  ],
};
