import { env } from "./env";
import { isOn, type SwitchSetting, setSwitch } from "./switch-setting";
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
