import type { EmailAccount } from "../db/generated/client";
import { imapUsernameOf } from "./servers";

type InboxColumns = Pick<
  EmailAccount,
  "id" | "email" | "imapHost" | "imapUsername" | "smtpUsername" | "folder"
>;

/**
 * Finds accounts that read the same inbox: same IMAP host, same username there, same folder. Every
 * mail would be fetched twice (identity swallows the second), and which account it belongs to would
 * be a matter of luck.
 * @returns by account id, the addresses of the others.
 */
export function sharedInboxes(accounts: readonly InboxColumns[]): Map<string, string[]> {
  const byInbox = new Map<string, InboxColumns[]>();
  for (const account of accounts) {
    if (!account.imapHost) continue;
    const key = inboxKey(account);
    byInbox.set(key, [...(byInbox.get(key) ?? []), account]);
  }
  const shared = new Map<string, string[]>();
  for (const group of byInbox.values()) {
    for (const account of group) {
      const others = group.filter((other) => other.id !== account.id).map((other) => other.email);
      if (others.length > 0) shared.set(account.id, others.sort());
    }
  }
  return shared;
}

function inboxKey(account: InboxColumns): string {
  const user = imapUsernameOf(account).toLowerCase();
  const folder = account.folder.toUpperCase() === "INBOX" ? "INBOX" : account.folder;
  return JSON.stringify([account.imapHost?.toLowerCase(), user, folder]);
}
