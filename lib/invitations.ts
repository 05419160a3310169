import { findExpired, makeLink, type NewLink, takeLink } from "./access-links";
import { noticeText } from "./access-mails";
import { db, inTransaction, type Tx } from "./db/client";
import type { Role } from "./db/generated/enums";
import { AppError } from "./errors";
import { log } from "./log";
import { addressKey, isSendableAddress } from "./mail/address";
import { findNotifier, queueNotice } from "./outbound/notice";
import { isRegistrationOpen } from "./portal";
import type { Actor } from "./tickets/access";
import { findUserByEmail, hashNew, insertUser, lockPerson, tidyName, writePassword } from "./users";

/** How a link reached its bearer: by mail, or only as this address, for whoever made it to hand over. */
export type Handed = { by: "mail"; to: string } | { by: "hand"; to: string; url: string };

/**
 * Adds someone who chooses their own password by the link of an invitation.
 * @throws AppError "forbidden" (agents may invite customers only), "invalid" and "conflict" as
 * createUser().
 */
export async function inviteUser(
  actor: Actor,
  input: { email: string; name: string; role: Role },
): Promise<{ id: string; handed: Handed }> {
  const mayInvite = actor.role === "ADMIN" || (actor.role === "AGENT" && input.role === "CUSTOMER");
  if (!mayInvite) throw new AppError("forbidden", "Only admins may do this.");
  return inTransaction(async (tx) => {
    const { id } = await insertUser(tx, actor, { ...input, passwordHash: null });
    const user = await tx.user.findUniqueOrThrow({ where: { id }, select: PERSON });
    return { id, handed: await handLink(tx, { ...linkFor(user), createdById: actor.id }) };
  });
}

/**
 * Makes a new link for somebody: to set their first password, or another one. By mail, or with
 * `byHand` only shown.
 * @throws AppError "forbidden", "not-found", or "conflict" for somebody who is deactivated.
 */
export async function sendLink(
  actor: Actor,
  userId: string,
  options: { byHand: boolean },
): Promise<Handed> {
  if (actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
  return inTransaction(async (tx) => {
    const { isActive } = await lockPerson(tx, userId);
    if (!isActive) throw new AppError("conflict", "Reactivate this person first.");
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: PERSON });
    return handLink(tx, { ...linkFor(user), createdById: actor.id }, options.byHand);
  });
}

const PERSON = { id: true, email: true, name: true, passwordHash: true } as const;

function linkFor(user: { id: string; email: string; name: string; passwordHash: string | null }) {
  const purpose = user.passwordHash === null ? ("INVITE" as const) : ("RESET" as const);
  return { purpose, userId: user.id, email: user.email, name: user.name };
}

async function handLink(tx: Tx, link: NewLink, byHand = false): Promise<Handed> {
  const made = await makeLink(tx, link);
  // Only what an admin or agent typed: strangers must not make us write their words to others.
  const name = link.createdById ? link.name : "";
  const notice = {
    to: { name, address: link.email },
    ...noticeText(link.purpose, { name, url: made.url }),
  };
  const delivery = byHand ? null : await queueNotice(tx, notice, made.expiresAt);
  if (!delivery) return { by: "hand", to: link.email, url: made.url };
  await tx.accessLink.update({
    where: { id: made.id },
    data: { deliveryId: delivery.id },
    select: { id: true },
  });
  return { by: "mail", to: link.email };
}

/** Whether links can leave by mail at all: an active default account is connected. */
export async function canSendLinks(): Promise<boolean> {
  return (await db().prisma.emailAccount.count({ where: { isActive: true, isDefault: true } })) > 0;
}

/**
 * Somebody forgot their password: a link goes to the address, if somebody active has it. Says
 * nothing about whether that is so.
 */
export async function requestReset(email: string): Promise<void> {
  const user = await findUserByEmail(email);
  if (!user?.isActive) return;
  await mailOnly(user.email, async (tx) => {
    const person = await tx.user.findUniqueOrThrow({ where: { id: user.id }, select: PERSON });
    return { ...linkFor(person), createdById: null };
  });
}

/**
 * A customer registers: a link goes to the address they gave, and only who reads its mail becomes a
 * user. To the address of somebody who is here already a link for a new password goes instead. Says
 * nothing about which it was.
 * @throws AppError "conflict" while registration is closed, "invalid" for a bad name or address.
 */
export async function requestRegistration(input: { email: string; name: string }): Promise<void> {
  if (!(await isRegistrationOpen()))
    throw new AppError("conflict", "Registration is closed. Ask us for an invitation.");
  const email = addressKey(input.email);
  if (!isSendableAddress(email))
    throw new AppError("invalid", "Enter an email address, such as nora@example.com.", "email");
  const name = tidyName(input.name);
  if (await findUserByEmail(email)) return requestReset(email);
  await mailOnly(email, async () => ({
    ...{ purpose: "REGISTER" as const, userId: null, email, name, createdById: null },
  }));
}

/**
 * Sends a new link in place of one that is too old, to the same address.
 * @returns false when there is no such link.
 */
export async function renewLink(token: string): Promise<boolean> {
  const old = await findExpired(token);
  if (!old) return false;
  if (old.purpose === "REGISTER") await requestRegistration(old);
  else await requestReset(old.email);
  return true;
}

/** Without an account to send from there is no link: nobody could be given it safely. */
async function mailOnly(address: string, linkOf: (tx: Tx) => Promise<NewLink>): Promise<void> {
  await inTransaction(async (tx) => {
    if (await findNotifier(tx, address)) await handLink(tx, await linkOf(tx));
    else log.warn(`No link was sent to ${address}: no account can send it there.`);
  });
}

/**
 * Sets a password by a link, and uses it up. An invitation or a reset ends every session of that
 * person; a registration makes the user, whose earlier tickets are theirs from then on.
 * @returns the user, who may be signed in.
 * @throws AppError "forbidden" for a link that is used or too old, "invalid" for a bad password,
 * "conflict" when somebody has registered with this address meanwhile.
 */
export async function acceptLink(
  token: string,
  password: string,
): Promise<{ userId: string; role: Role }> {
  const passwordHash = await hashNew(password);
  return inTransaction(async (tx) => {
    const link = await takeLink(tx, token);
    if (link.userId === null) {
      const input = { email: link.email, name: link.name, role: "CUSTOMER" as const };
      const { id } = await insertUser(tx, null, { ...input, passwordHash });
      return { userId: id, role: input.role };
    }
    const { isActive, role } = await lockPerson(tx, link.userId);
    if (!isActive) throw new AppError("forbidden", "This account is deactivated.");
    await writePassword(tx, { id: link.userId }, link.userId, passwordHash);
    return { userId: link.userId, role };
  });
}
