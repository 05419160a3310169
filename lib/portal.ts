import { env } from "./env";
import { isOn, isOnSql, type SwitchSetting, setSwitch } from "./switch-setting";
import type { Actor } from "./tickets/access";

const REGISTRATION: SwitchSetting = {
  key: "customer-registration",
  action: "registration.changed",
  word: "isOpen",
};

/** Whether customers may register by themselves; an admin can close it. */
export function isRegistrationOpen(): Promise<boolean> {
  return isOn(REGISTRATION);
}

/** The same in SQL. */
export const REGISTRATION_IS_OPEN = isOnSql(REGISTRATION);

/** @throws AppError "forbidden" for anyone but admins. */
export function setRegistrationOpen(actor: Actor, isOpen: boolean): Promise<void> {
  return setSwitch(REGISTRATION, actor, isOpen);
}

/** Where the requester of a ticket finds it, once they have signed in. */
export function portalUrl(number: number): string {
  return `${env().APP_URL}/my/${number}`;
}

/**
 * The foot of a mail that goes out from a ticket, in its signature: the way to it in the portal.
 * Null when the requester could not get there: they have no account (`user`), and registration is
 * closed.
 */
export function portalFoot(ticket: {
  number: number;
  user: { isActive: boolean } | null;
  isRegistrationOpen: boolean;
}): string | null {
  const mayEnter = ticket.user ? ticket.user.isActive : ticket.isRegistrationOpen;
  if (!mayEnter) return null;
  return `Ticket #${ticket.number}: read and answer it online at ${portalUrl(ticket.number)}`;
}
