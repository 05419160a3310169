import { db } from "../db/client";
import { env } from "../env";
import { AppError } from "../errors";
import { looksLikeAppPassword } from "../mail/providers";
import { RATE_LIMITS, takeTry } from "../rate-limit";
import { type ProbeResult, probeImap, probeSmtp } from "../transport/probe";
import type { ServerSettings } from "../transport/server-settings";
import { isUuid } from "../uuid";
import { type AccountActor, assertAdmin } from "./admin";
import { assertSecretsStay, keepsImapPassword } from "./credentials";
import type { MxResolver } from "./detect";
import { type AccountInput, type AccountValues, parseAccount } from "./schema";
import { tidyPassword } from "./secrets";
import {
  type AccountServers,
  imapServerOf,
  imapUsernameOf,
  noImapServer,
  SERVER_COLUMNS,
  smtpServerOf,
} from "./servers";
import { settingsFrom } from "./settings";

export type Protocol = "smtp" | "imap";

/**
 * "Test SMTP" and "Test IMAP" of a connected account: its stored settings, step by step. A failed
 * test is a result, not an error.
 * @throws AppError "forbidden", "not-found", "invalid" without an IMAP server, and "unavailable"
 * after ten tests of one admin within a minute, or when the stored password can't be opened.
 */
export async function testAccount(
  actor: AccountActor,
  id: string,
  protocol: Protocol,
): Promise<ProbeResult> {
  assertAdmin(actor);
  const account = await storedServers(id);
  await takeTest(actor);
  if (protocol === "smtp") return probe(protocol, smtpServerOf(account));
  return probe(protocol, imapServerOf(account), account.folder);
}

/**
 * The same tests with what stands in the form, saved or not. A blank password means the stored one
 * of `id`, which goes only to the server it was entered for.
 * @throws AppError as testAccount(), and "invalid" with the field that is wrong.
 */
export async function testSettings(
  actor: AccountActor,
  input: AccountInput,
  test: { protocol: Protocol; id?: string; tryAnyway?: boolean; resolver?: MxResolver },
): Promise<ProbeResult> {
  assertAdmin(actor);
  const values = parseAccount({ ...input, pollingEnabled: test.protocol === "imap" });
  const { settings, detection } = await settingsFrom(values, test.resolver);
  const stored = test.id === undefined ? null : await storedServers(test.id);
  if (stored) assertSecretsStay(stored, settings, values, [test.protocol]);
  if (!test.tryAnyway) assertAppPassword(detection.provider, values, test.protocol);
  const providerId = detection.provider?.id ?? null;
  const smtp: ServerSettings = {
    host: settings.smtpHost,
    port: settings.smtpPort,
    security: transportSecurity[settings.smtpSecurity],
    username: settings.smtpUsername,
    password: tidyPassword(values.smtpPassword, providerId) || storedPassword(stored, "smtp"),
  };
  if (smtp.username && !smtp.password && (test.protocol === "smtp" || !values.imapPassword)) {
    throw new AppError("invalid", "Enter the password to test it.", "smtpPassword");
  }
  await takeTest(actor);
  if (test.protocol === "smtp") return probe("smtp", smtp);
  if (!settings.imapHost) throw noImapServer(settings.email);
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
  return probe("imap", imap, settings.folder);
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

async function storedServers(id: string): Promise<AccountServers & { folder: string }> {
  const account = isUuid(id)
    ? await db().prisma.emailAccount.findUnique({
        where: { id },
        select: { ...SERVER_COLUMNS, folder: true },
      })
    : null;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  return account;
}

function storedPassword(stored: AccountServers | null, protocol: Protocol): string {
  if (!stored) return "";
  return (protocol === "smtp" ? smtpServerOf(stored) : imapServerOf(stored)).password;
}

/** Ten tests a minute: a test of unsaved settings connects wherever it is told to. */
async function takeTest(actor: AccountActor): Promise<void> {
  if (actor.id === null) return;
  const waitMs = await takeTry(RATE_LIMITS.testConnection, actor.id);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw new AppError("unavailable", `Too many tests. Try again in ${seconds} s.`);
}

async function probe(
  protocol: Protocol,
  server: ServerSettings,
  folder?: string,
): Promise<ProbeResult> {
  const options = { allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS };
  if (protocol === "smtp") return probeSmtp(server, options);
  return probeImap(server, folder === undefined ? options : { ...options, folder });
}
