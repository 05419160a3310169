import { blockKeys } from "../blocked-senders";
import type { Tx } from "../db/client";
import { addressKey } from "../mail/address";
import { contentIdOf } from "../mail/content-id";
import type { ReadMail } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { isTestMail } from "../test-mail";
import { ownAddresses } from "../ticket-address";
import { answeredByMachine, ownNoticeKeys } from "./own-notice";
import { conversationKeys } from "./thread";

/** Values of one statement: Postgres takes 65,535, and a mail may name a hundred people. */
const TOGETHER_MAX = 10_000;

/** What the database knows of many mails, asked once for all of them. */
export type ForeseeFacts = {
  /** Of these mails, those that are stored. */
  contentIds: Set<string>;
  /** Keys of stored messages among all that the mails name. */
  keys: Set<string>;
  /** Keys of notices of ours and of test mails. */
  notices: Set<string>;
  /** Keys that a stored mail answers. */
  answered: Set<string>;
  /** Addresses and domains that are blocked. */
  blocked: Set<string>;
  /** Addresses that come back to us. */
  ours: Set<string>;
  /** Active agents and admins among the senders. */
  desk: Set<string>;
};

/** Asks in a number of statements that hardly depends on how many mails there are. */
export async function gatherForeseeFacts(
  tx: Tx,
  mails: readonly ReadMail[],
): Promise<ForeseeFacts> {
  const named = mails.flatMap(keysOf);
  const own = mails.flatMap(({ messageId }) => messageId ?? []).map(messageIdKey);
  const people = mails.flatMap(({ from, to, cc }) => [...(from ? [from] : []), ...to, ...cc]);
  const senders = mails.flatMap(({ from }) => (from ? addressKey(from.address) : []));
  const addresses = people.map(({ address }) => addressKey(address));
  const ours = await inParts(addresses, async (some) => [...(await ownAddresses(tx, some))]);
  return {
    contentIds: await inParts(mails.map(contentIdOf), (some) => storedContent(tx, some)),
    keys: await inParts(named, (some) => storedKeys(tx, some)),
    notices: new Set([
      ...(await inParts(named, (some) => noticesAmong(tx, some))),
      ...named.filter(isTestMail),
    ]),
    answered: await inParts(own, (some) => answeredAmong(tx, some)),
    blocked: await inParts(senders.flatMap(blockKeys), (some) => blockedAmong(tx, some)),
    ours,
    desk: await inParts(senders, (some) => deskAmong(tx, some)),
  };
}

/** Every id by which a mail may have to do with a stored one. */
function keysOf(mail: ReadMail): string[] {
  const about = [mail.aboutMessageId, mail.bounce?.originalMessageId].filter((id) => id != null);
  return [
    ...conversationKeys(mail),
    ...ownNoticeKeys(mail),
    ...answeredByMachine(mail),
    ...about.map(messageIdKey),
  ];
}

async function inParts(
  values: readonly string[],
  ask: (some: string[]) => Promise<string[]>,
): Promise<Set<string>> {
  const all = [...new Set(values)];
  const found = new Set<string>();
  for (let at = 0; at < all.length; at += TOGETHER_MAX)
    for (const value of await ask(all.slice(at, at + TOGETHER_MAX))) found.add(value);
  return found;
}

async function storedContent(tx: Tx, ids: string[]): Promise<string[]> {
  const where = { contentId: { in: ids } };
  const rows = await tx.message.findMany({ where, select: { contentId: true } });
  return rows.flatMap(({ contentId }) => contentId ?? []);
}

async function storedKeys(tx: Tx, keys: string[]): Promise<string[]> {
  const where = { messageIdKey: { in: keys } };
  const rows = await tx.message.findMany({ where, select: { messageIdKey: true } });
  return rows.flatMap(({ messageIdKey: key }) => key ?? []);
}

async function noticesAmong(tx: Tx, keys: string[]): Promise<string[]> {
  const where = { messageId: { in: keys }, messageRowId: null };
  const rows = await tx.outboundEmail.findMany({ where, select: { messageId: true } });
  return rows.map(({ messageId }) => messageId);
}

async function answeredAmong(tx: Tx, keys: string[]): Promise<string[]> {
  const where = { referenceKeys: { hasSome: keys }, kind: "INBOUND" as const };
  const rows = await tx.message.findMany({ where, select: { referenceKeys: true } });
  return rows.flatMap(({ referenceKeys }) => referenceKeys);
}

async function blockedAmong(tx: Tx, senders: string[]): Promise<string[]> {
  const where = { sender: { in: senders } };
  const rows = await tx.blockedSender.findMany({ where, select: { sender: true } });
  return rows.map(({ sender }) => sender);
}

async function deskAmong(tx: Tx, emails: string[]): Promise<string[]> {
  const rows = await tx.user.findMany({
    where: { email: { in: emails }, isActive: true, role: { in: ["ADMIN", "AGENT"] } },
    select: { email: true },
  });
  return rows.map(({ email }) => addressKey(email));
}
