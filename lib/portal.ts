import { db } from "./db/client";
import { env } from "./env";
import { AppError } from "./errors";
import type { Actor } from "./tickets/access";

const REGISTRATION = "customer-registration";

/** Whether customers may register by themselves; an admin can close it. */
export async function isRegistrationOpen(): Promise<boolean> {
  const setting = await db().prisma.setting.findUnique({
    where: { key: REGISTRATION },
    select: { value: true },
  });
  return setting?.value !== false;
}

/** @throws AppError "forbidden" for anyone but admins. */
export async function setRegistrationOpen(actor: Actor, isOpen: boolean): Promise<void> {
  if (actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
  await db().prisma.$transaction([
    db().prisma.setting.upsert({
      where: { key: REGISTRATION },
      create: { key: REGISTRATION, value: isOpen },
      update: { value: isOpen },
      select: { key: true },
    }),
    db().prisma.auditLog.create({
      data: { actorId: actor.id, action: "registration.changed", data: { isOpen } },
      select: { id: true },
    }),
  ]);
}

/** Where the requester of a ticket finds it, once they have signed in. */
export function portalUrl(number: number): string {
  return `${env().APP_URL}/my/${number}`;
}

/**
 * The foot of a mail that goes out from a ticket, in its signature: the way to it in the portal.
 * Null when the requester could not get
 * there: they have no account, and registration is closed.
 */
export async function portalFoot(ticket: {
  number: number;
  requester: { user: { isActive: boolean } | null } | null;
}): Promise<string | null> {
  const user = ticket.requester?.user ?? null;
  const mayEnter = user ? user.isActive : await isRegistrationOpen();
  if (!mayEnter) return null;
  return `Ticket #${ticket.number}: read and answer it online at ${portalUrl(ticket.number)}`;
}
