import { isUuid } from "../uuid";

/** Where an answer leaves from: an account, by its own address when `alias` is null. */
export type Sender = { accountId: string; alias: string | null };

const SENDER = /^(\S{36})(?: (\S{3,254}))?$/;

/** A sender as one text, for a form. */
export function senderText({ accountId, alias }: Sender): string {
  return alias === null ? accountId : `${accountId} ${alias}`;
}

/** Reads what senderText() made; null for anything else. Whether there is such a one is not asked. */
export function readSender(text: string): Sender | null {
  const [, accountId = "", alias = null] = SENDER.exec(text) ?? [];
  return isUuid(accountId) ? { accountId, alias } : null;
}
