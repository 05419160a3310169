import { db } from "../db/client";
import { AppError } from "../errors";
import { looksLikeAppPassword } from "../mail/providers";
import { RATE_LIMITS, takeTry } from "../rate-limit";
import type { ServerSettings, TokenSource } from "../transport/server-settings";
import { isUuid } from "../uuid";
import type { AccountActor } from "./admin";
import { assertSecretsStay, keepsImapPassword } from "./credentials";
import type { MxResolver } from "./detect";
import { chosenSettings, tokensOf } from "./oauth-choice";
import { type AccountInput, type AccountValues, parseAccount } from "./schema";
import { tidyPassword } from "./secrets";
import {
  type AccountServers,
  imapServerOf,
  imapUsernameOf,
  SERVER_COLUMNS,
  smtpServerOf,
} from "./servers";
import type { AccountSettings } from "./settings";

export type Protocol = "smtp" | "imap";

export type TypedUse = {
  /** The servers that are about to be used; "both" takes IMAP where there is one. */
  uses: Protocol | "both";
  /** The account that is edited: blank passwords are its stored ones. */
  id?: string;
  /** Use a password that looks like the wrong kind. */
  tryAnyway?: boolean;
  resolver?: MxResolver;
};

/** How to reach what stands in the form; with passwords, so for the transport only. */
export type TypedServers = {
  values: AccountValues;
  settings: AccountSettings;
  smtp: ServerSettings;
  imap: ServerSettings | null;
};

/**
 * The servers that typed values mean, saved or not. A blank password means the stored one of `id`,
 * which goes only to the server it was entered for. A sign-in at a provider is the one that waits for
 * the form, or the one the account has.
 * @throws AppError "invalid" with the field that is wrong or missing, "not-found", and "unavailable"
 * when a stored password can't be opened.
 */
export async function typedServers(
  actor: AccountActor,
  input: AccountInput,
  use: TypedUse,
): Promise<TypedServers> {
  const protocols: readonly Protocol[] = use.uses === "both" ? ["smtp", "imap"] : [use.uses];
  const values = parseAccount({ ...input, pollingEnabled: use.uses === "imap" });
  const { settings, detection, oauth } = await chosenSettings(actor, values, {
    ...{ accountId: use.id, resolver: use.resolver },
  });
  if (oauth) return { values, settings, ...serversBy(settings, tokensOf(oauth)) };
  const stored = use.id === undefined ? null : await storedServers(use.id);
  if (stored) assertSecretsStay(stored, settings, values, protocols);
  if (!use.tryAnyway) {
    for (const protocol of protocols) assertAppPassword(detection.provider, values, protocol);
  }
  const providerId = detection.provider?.id ?? null;
  const smtp: ServerSettings = {
    host: settings.smtpHost,
    port: settings.smtpPort,
    security: transportSecurity[settings.smtpSecurity],
    username: settings.smtpUsername,
    password: tidyPassword(values.smtpPassword, providerId) || storedPassword(stored, "smtp"),
  };
  if (smtp.username && !smtp.password && (use.uses !== "imap" || !values.imapPassword)) {
    throw new AppError("invalid", "Enter the password to test it.", "smtpPassword");
  }
  if (!settings.imapHost) return { values, settings, smtp, imap: null };
  const keepsOwn = stored !== null && keepsImapPassword(stored, settings);
  const imap: ServerSettings = {
    host: settings.imapHost,
    port: settings.imapPort ?? 993,
    security: transportSecurity[settings.imapSecurity ?? "TLS"],
    username: imapUsernameOf(settings),
    password:
      tidyPassword(values.imapPassword, providerId) ||
      (keepsOwn ? storedPassword(stored, "imap") : smtp.password),
  };
  return { values, settings, smtp, imap };
}

function serversBy(settings: AccountSettings, tokens: TokenSource) {
  const { smtpUsername: username, imapHost } = settings;
  const smtp: ServerSettings = {
    host: settings.smtpHost,
    port: settings.smtpPort,
    security: transportSecurity[settings.smtpSecurity],
    ...{ username, password: "", tokens },
  };
  if (!imapHost) return { smtp, imap: null };
  const imap: ServerSettings = {
    host: imapHost,
    port: settings.imapPort ?? 993,
    security: transportSecurity[settings.imapSecurity ?? "TLS"],
    ...{ username, password: "", tokens },
  };
  return { smtp, imap };
}

const transportSecurity = { TLS: "tls", STARTTLS: "starttls", NONE: "none" } as const;

/**
 * Says before any attempt what the server's "no" would not: that it wants another kind of password.
 * Null when the password may be right, or nothing is known about this provider's.
 */
export function everydayPassword(
  provider: { id: string; name: string } | null,
  password: string,
): string | null {
  if (!provider || password === "" || looksLikeAppPassword(provider, password)) return null;
  const rule =
    provider.id === "google"
      ? "Google takes only an app password here: 16 letters, spaces do not matter."
      : `${provider.name} takes only an app password here.`;
  return `This looks like an everyday password. ${rule}`;
}

function assertAppPassword(
  provider: { id: string; name: string } | null,
  values: AccountValues,
  protocol: Protocol,
): void {
  const field = protocol === "imap" && values.imapPassword ? "imapPassword" : "smtpPassword";
  const problem = everydayPassword(provider, values[field]);
  if (problem) throw new AppError("invalid", problem, field);
}

/**
 * The stored settings of an account, passwords sealed.
 * @throws AppError "not-found"
 */
export async function storedServers(
  id: string,
): Promise<AccountServers & { folder: string; name: string }> {
  const account = isUuid(id)
    ? await db().prisma.emailAccount.findUnique({
        where: { id },
        select: { ...SERVER_COLUMNS, folder: true, name: true },
      })
    : null;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  return account;
}

function storedPassword(stored: AccountServers | null, protocol: Protocol): string {
  if (!stored) return "";
  return (protocol === "smtp" ? smtpServerOf(stored) : imapServerOf(stored)).password;
}

/**
 * Ten connections to typed servers a minute: they lead wherever an admin tells them to.
 * @throws AppError "unavailable" beyond that.
 */
export async function takeTest(actor: AccountActor): Promise<void> {
  if (actor.id === null) return;
  const waitMs = await takeTry(RATE_LIMITS.testConnection, actor.id);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw new AppError("unavailable", `Too many tests. Try again in ${seconds} s.`);
}
