import { getDomain, parse } from "tldts";
import { db, inTransaction, type Tx } from "./db/client";
import { AppError } from "./errors";
import { addressKey, domainOf, toMailAddress } from "./mail/address";
import { isSharedDomain } from "./mail/shared-domains";
import { type Actor, requireDesk } from "./tickets/access";

/** `sender` is an address, or a domain that stands for everything below it. */
export type Block = { id: string; sender: string };

export type BlockRow = Block & { createdAt: Date; by: string | null };

/** Blocks shown at once. */
const SHOWN_MAX = 500;

/**
 * The block a sender is under: that of their address, else that of the nearest domain; null when
 * there is none, and for whoever signs in here.
 */
export async function findBlock(tx: Tx, address: string): Promise<Block | null> {
  const key = addressKey(address);
  const senders = blockKeys(address);
  const found = await tx.blockedSender.findMany({
    where: { sender: { in: senders } },
    select: { id: true, sender: true },
  });
  const nearest = senders.flatMap((name) => found.find(({ sender }) => sender === name) ?? [])[0];
  if (!nearest) return null;
  const users = await tx.user.count({ where: { email: key, isActive: true } });
  return users === 0 ? nearest : null;
}

/** All that a block of this address may stand under: itself, its domain, the domains above. */
export function blockKeys(address: string): string[] {
  const key = addressKey(address);
  return [key, ...domainsAbove(domainOf(key))];
}

/**
 * Blocks an address or a domain, in any spelling; one that is blocked stays so.
 * @returns it as it is stored: ASCII, lower case.
 * @throws AppError "conflict", with the reason: see whyNotBlocked().
 */
export async function blockSender(tx: Tx, actor: Actor, given: string): Promise<string> {
  requireDesk(actor);
  const sender = senderKey(given);
  const why = await whyNotBlocked(tx, sender);
  if (why) throw new AppError("conflict", why);
  const { count } = await tx.blockedSender.createMany({
    data: [{ sender, createdById: actor.id }],
    skipDuplicates: true,
  });
  if (count > 0) await recordAudit(tx, actor, "sender.blocked", sender);
  return sender;
}

/** An admin types in what to block: see blockSender(). */
export async function blockByHand(actor: Actor, given: string): Promise<string> {
  return inTransaction((tx) => blockSender(tx, actor, given));
}

/** Lifts a block. What it has put into spam stays there. @throws AppError "not-found". */
export async function unblockSender(tx: Tx, actor: Actor, id: string): Promise<string> {
  requireDesk(actor);
  const [gone] = await tx.blockedSender.findMany({ where: { id }, select: { sender: true } });
  const { count } = await tx.blockedSender.deleteMany({ where: { id } });
  if (!gone || count === 0) throw new AppError("not-found", "This block is gone already.");
  await recordAudit(tx, actor, "sender.unblocked", gone.sender);
  return gone.sender;
}

/** An admin lifts a block: see unblockSender(). */
export async function unblockByHand(actor: Actor, id: string): Promise<string> {
  return inTransaction((tx) => unblockSender(tx, actor, id));
}

/** The newest 500 blocks and how many there are. @throws AppError "forbidden" for customers. */
export async function listBlocks(viewer: Actor): Promise<{ rows: BlockRow[]; count: number }> {
  requireDesk(viewer);
  const [rows, count] = await Promise.all([
    db().prisma.blockedSender.findMany({
      select: { id: true, sender: true, createdAt: true, createdBy: { select: { name: true } } },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: SHOWN_MAX,
    }),
    db().prisma.blockedSender.count(),
  ]);
  return {
    rows: rows.map(({ createdBy, ...row }) => ({ ...row, by: createdBy?.name ?? null })),
    count,
  };
}

/** The domain to offer beside an address: that of the whole organisation, or null. */
export function domainToBlock(address: string): string | null {
  return getDomain(domainOf(addressKey(address)), { allowPrivateDomains: true });
}

/**
 * Why an address or domain, as stored, may not be blocked, in one sentence; null when it may. Our
 * own addresses, people who sign in here, and domains that are not one organisation's are not.
 */
export async function whyNotBlocked(tx: Tx, sender: string): Promise<string | null> {
  return sender.includes("@") ? whyNotAddress(tx, sender) : whyNotDomain(tx, sender);
}

async function whyNotAddress(tx: Tx, address: string): Promise<string | null> {
  if (!toMailAddress("", address)) return `“${address}” is no email address and no domain.`;
  const domain = domainOf(address);
  const accounts = await domainsOfAccounts(tx);
  if (!isSharedDomain(domain) && accounts.some((own) => own === domain))
    return `${address} is of a domain you receive mail for, so it can’t be blocked.`;
  if (await tx.emailAccount.count({ where: { email: address } }))
    return `${address} is one of your email accounts.`;
  if (await tx.user.count({ where: { email: address, isActive: true } }))
    return `${address} signs in here. Deactivate that person first.`;
  return null;
}

async function whyNotDomain(tx: Tx, domain: string): Promise<string | null> {
  const { isIp, publicSuffix } = parse(domain, { allowPrivateDomains: true });
  const isName = !isIp && toMailAddress("", `x@${domain}`) !== null;
  if (!isName) return `“${domain}” is no email address and no domain.`;
  if (publicSuffix === domain)
    return `${domain} is no single domain: whoever registers one below it would be blocked.`;
  if (isSharedDomain(domain))
    return `Anybody may have an address at ${domain}: block single addresses instead.`;
  const covers = (other: string) => domainsAbove(other).includes(domain);
  if ((await domainsOfAccounts(tx)).some(covers))
    return `You receive mail for ${domain}, so it can’t be blocked.`;
  const users = await tx.user.findMany({
    where: { isActive: true, email: { endsWith: domain } },
    select: { email: true },
  });
  const user = users.find(({ email }) => covers(domainOf(addressKey(email))));
  return user ? `${user.email} signs in here, so ${domain} can’t be blocked.` : null;
}

async function domainsOfAccounts(tx: Tx): Promise<string[]> {
  const accounts = await tx.emailAccount.findMany({ select: { email: true } });
  const aliases = await tx.accountAlias.findMany({ select: { email: true } });
  return [...accounts, ...aliases].map(({ email }) => domainOf(addressKey(email)));
}

/** What somebody typed, as it is compared: "@evil.test" and "Evil.Test." are a domain. */
function senderKey(given: string): string {
  const text = given.trim().replace(/^@/, "");
  return text.includes("@") ? addressKey(text) : domainOf(`x@${text}`);
}

/** "a.b.test" and every domain it is below: a.b.test, b.test, test. */
function domainsAbove(domain: string): string[] {
  const labels = domain.split(".").filter(Boolean);
  return labels.map((_, index) => labels.slice(index).join("."));
}

async function recordAudit(tx: Tx, actor: Actor, action: string, sender: string): Promise<void> {
  await tx.auditLog.create({
    data: { actorId: actor.id, action, target: `BlockedSender:${sender}` },
    select: { id: true },
  });
}
