import { LINK_MINUTES } from "./access-links";
import type { AccessPurpose } from "./db/generated/enums";
import { env } from "./env";

/** The subject and text of the mail that carries a link. */
export function noticeText(
  purpose: AccessPurpose,
  link: { name: string; url: string },
): { subject: string; text: string } {
  const host = new URL(env().APP_URL).host;
  const { subject, why, otherwise } = WORDS[purpose](host);
  const text = [
    link.name ? `Hello ${link.name},` : "Hello,",
    why,
    link.url,
    `The link works once, for ${LINK_MINUTES} minutes. After that its page sends you a new one.`,
    otherwise,
  ].join("\n\n");
  return { subject, text: `${text}\n` };
}

type Words = { subject: string; why: string; otherwise: string };

const WORDS: Record<AccessPurpose, (host: string) => Words> = {
  INVITE: (host) => ({
    subject: `Your invitation to the help desk at ${host}`,
    why: `you have been invited to the help desk at ${host}. Choose your password here:`,
    otherwise: "If you did not expect this, leave it: nothing happens without you.",
  }),
  RESET: (host) => ({
    subject: `A new password for the help desk at ${host}`,
    why: `somebody asked for a new password for this address at ${host}. If that was you, choose it here:`,
    otherwise: "If it was not you, leave this mail: your password stays as it is.",
  }),
  REGISTER: (host) => ({
    subject: `Finish your registration at ${host}`,
    why: `somebody registered this address at the help desk ${host}. If that was you, choose your password here:`,
    otherwise: "If it was not you, leave this mail: without the link nobody gets in.",
  }),
};
