import { db } from "../db/client";
import { env } from "../env";
import { AppError } from "../errors";
import { addressKey } from "../mail/address";
import { detectByAddress, detectByHost } from "../mail/providers";
import { getPendingGrant } from "../oauth/grants";
import { type OAuthProvider, PROVIDER_NAMES } from "../oauth/providers";
import { GrantTokens } from "../oauth/tokens";
import { isUuid } from "../uuid";
import type { AccountActor } from "./admin";
import type { Detection, MxResolver } from "./detect";
import type { AccountValues, OAuthMailbox } from "./schema";
import { type AccountSettings, settingsFrom } from "./settings";

/** By whose sign-in an account is to be read. */
export type OAuthChoice = {
  grantId: string;
  /** It waits for this form; otherwise the account has it already. */
  isPending: boolean;
  kind: "person" | "app";
  signedInAs: string;
};

export type ChosenSettings = {
  settings: AccountSettings;
  detection: Detection;
  /** null for an account with passwords. */
  oauth: OAuthChoice | null;
};

type Use = {
  /** The account that is edited: it may keep the sign-in it has. */
  accountId?: string | undefined;
  resolver?: MxResolver | undefined;
};

/**
 * As settingsFrom(), for accounts that sign in at a provider as well: hosts left blank are the
 * provider's, and the username is the mailbox that the sign-in opens.
 * @throws AppError "invalid" with the field: nobody signed in, somebody else did, or a host that no
 * token may go to; "not-found" when the sign-in is over.
 */
export async function chosenSettings(
  actor: AccountActor,
  values: AccountValues,
  { accountId, resolver }: Use,
): Promise<ChosenSettings> {
  const { provider } = values;
  if (provider === "SMTP") return { ...(await settingsFrom(values, resolver)), oauth: null };
  const oauth = await choiceOf(actor, values, provider, accountId);
  const filled = { ...withHosts(values, provider), smtpPassword: "", imapPassword: "" };
  const { settings, detection } = await settingsFrom(filled, resolver);
  assertTokenServers(settings, provider);
  const smtpUsername = usernameOf(values, oauth, provider);
  return { settings: { ...settings, smtpUsername, imapUsername: null }, detection, oauth };
}

/** Where a connection of this choice gets its tokens. */
export function tokensOf({ grantId }: OAuthChoice): GrantTokens {
  return new GrantTokens(grantId);
}

/** What the form's choice was, told from what is stored. */
export function oauthMailboxOf(
  account: { email: string; smtpUsername: string },
  grant: { kind: string; username: string } | null,
): OAuthMailbox {
  if (!grant || grant.kind === "app") return "same";
  if (addressKey(grant.username) === addressKey(account.email)) return "same";
  return addressKey(account.smtpUsername) === addressKey(account.email) ? "shared" : "alias";
}

async function choiceOf(
  actor: AccountActor,
  { grantId }: AccountValues,
  provider: OAuthProvider,
  accountId: string | undefined,
): Promise<OAuthChoice> {
  const own = accountId === undefined ? null : await ownGrant(accountId);
  if (own && own.provider === provider && ["", own.id].includes(grantId)) {
    const kind = own.kind === "app" ? "app" : "person";
    return { grantId: own.id, isPending: false, kind, signedInAs: own.username };
  }
  if (grantId === "")
    throw new AppError("invalid", `Sign in with ${PROVIDER_NAMES[provider]} first.`, "grantId");
  const pending = await getPendingGrant(actor, grantId);
  if (pending.provider !== provider) {
    const name = PROVIDER_NAMES[pending.provider];
    throw new AppError("invalid", `This was a sign-in with ${name}: sign in again.`, "grantId");
  }
  const { kind, signedInAs } = pending;
  return { grantId, isPending: true, kind, signedInAs };
}

async function ownGrant(accountId: string) {
  const account = isUuid(accountId)
    ? await db().prisma.emailAccount.findUnique({
        where: { id: accountId },
        select: { grant: { select: { id: true, provider: true, kind: true, username: true } } },
      })
    : null;
  return account?.grant ?? null;
}

/** Whom the mail server is told: the mailbox that is opened, which need not be who signed in. */
function usernameOf(
  { email, oauthMailbox }: AccountValues,
  { kind, signedInAs }: OAuthChoice,
  provider: OAuthProvider,
): string {
  if (kind === "app" || addressKey(signedInAs) === addressKey(email)) return email;
  if (oauthMailbox === "alias" && signedInAs !== "") return signedInAs;
  if (oauthMailbox === "shared" && provider === "MICROSOFT") return email;
  const who = signedInAs === "" ? "Somebody whose address is not known" : signedInAs;
  const choices =
    provider === "MICROSOFT"
      ? "or say that it is a shared mailbox, or another address of theirs"
      : "or say that it is another address of theirs";
  throw new AppError(
    "invalid",
    `${who} signed in, but this account is for ${email}. Sign in again as ${email}, ${choices}.`,
    "oauthMailbox",
  );
}

const SERVERS: Record<OAuthProvider, { ids: string[]; smtp: string; imap: string }> = {
  GOOGLE: { ids: ["google"], smtp: "smtp.gmail.com", imap: "imap.gmail.com" },
  MICROSOFT: {
    ids: ["microsoft", "outlook"],
    smtp: "smtp.office365.com",
    imap: "outlook.office365.com",
  },
};

/** A domain of one's own says nothing about its provider; the chosen sign-in does. */
function withHosts(values: AccountValues, provider: OAuthProvider): AccountValues {
  const { ids, smtp, imap } = SERVERS[provider];
  const known = detectByAddress(values.email);
  const isKnown = known !== null && ids.includes(known.id);
  return {
    ...values,
    smtpHost: values.smtpHost || (isKnown ? (known.smtp?.host ?? smtp) : smtp),
    imapHost: values.imapHost || (isKnown ? (known.imap?.host ?? imap) : imap),
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** A token opens the mailbox to whoever gets it, so an admin can't have it sent anywhere else. */
function assertTokenServers(settings: AccountSettings, provider: OAuthProvider): void {
  const name = PROVIDER_NAMES[provider];
  const servers = [
    { host: settings.smtpHost, security: settings.smtpSecurity, field: "smtpHost" },
    { host: settings.imapHost, security: settings.imapSecurity, field: "imapHost" },
  ];
  for (const { host, security, field } of servers) {
    if (host === null) continue;
    const isTheirs = SERVERS[provider].ids.includes(detectByHost(host)?.id ?? "");
    if (!isTheirs && !env().OAUTH_MAIL_HOSTS.includes(host.toLowerCase()))
      throw new AppError(
        "invalid",
        `A sign-in with ${name} goes to ${name}'s own servers only: leave the host blank.`,
        field,
      );
    if (security === "NONE" && !LOOPBACK.test(host))
      throw new AppError(
        "invalid",
        "A sign-in does not go over a connection without encryption.",
        field.replace("Host", "Security"),
      );
  }
}
