import { env } from "../env";
import { composeTestMail } from "../test-mail";
import { type ProbeResult, probeImap, probeSmtp, type TestMail } from "../transport/probe";
import type { ServerSettings } from "../transport/server-settings";
import { type AccountActor, assertAdmin } from "./admin";
import type { AccountInput } from "./schema";
import { imapServerOf, noImapServer, smtpServerOf } from "./servers";
import { keepSmtpSize } from "./smtp-size";
import { storedServers, type TypedUse, takeTest, typedServers } from "./typed-servers";

/** "Test SMTP", "Test IMAP", and "Test SMTP" with a mail that is sent and waited for. */
export type ConnectionTest = "smtp" | "imap" | "mail";

/**
 * "Test SMTP" and "Test IMAP" of a connected account: its stored settings, step by step. A failed
 * test is a result, not an error. Keeps how large a mail the SMTP server takes.
 * @throws AppError "forbidden", "not-found", "invalid" without an IMAP server, and "unavailable"
 * after ten tests of one admin within a minute, or when the stored password can't be opened.
 */
export async function testAccount(
  actor: AccountActor,
  id: string,
  test: ConnectionTest,
): Promise<ProbeResult> {
  assertAdmin(actor);
  const account = await storedServers(id);
  await takeTest(actor);
  if (test === "imap") return probeImap(imapServerOf(account), optionsFor(account.folder));
  const imap = account.imapHost ? imapServerOf(account) : null;
  const mail = test === "mail" ? testMailOf(account, imap) : undefined;
  const result = await testSmtp(smtpServerOf(account), mail);
  await keepSizeOf(id, result);
  return result;
}

/**
 * The same tests with what stands in the form, saved or not. A blank password means the stored one
 * of `id`, which goes only to the server it was entered for.
 * @throws AppError as testAccount(), and "invalid" with the field that is wrong.
 */
export async function testSettings(
  actor: AccountActor,
  input: AccountInput,
  how: Omit<TypedUse, "uses"> & { test: ConnectionTest },
): Promise<ProbeResult> {
  assertAdmin(actor);
  const { test, ...use } = how;
  const uses = test === "mail" ? "both" : test;
  const { settings, smtp, imap } = await typedServers(actor, input, { ...use, uses });
  await takeTest(actor);
  if (test === "imap") {
    if (!imap) throw noImapServer(settings.email);
    return probeImap(imap, optionsFor(settings.folder));
  }
  const result = await testSmtp(smtp, test === "mail" ? testMailOf(settings, imap) : undefined);
  const stored = use.id === undefined ? null : await storedServers(use.id);
  const isStored = stored?.smtpHost === smtp.host && stored.smtpPort === smtp.port;
  if (stored && isStored) await keepSizeOf(stored.id, result);
  return result;
}

function testSmtp(smtp: ServerSettings, testMail: TestMail | undefined): Promise<ProbeResult> {
  return probeSmtp(smtp, { allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS, testMail });
}

function optionsFor(folder: string) {
  return { allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS, folder };
}

/** From the account to itself. */
function testMailOf(
  account: { email: string; name: string; folder: string },
  imap: ServerSettings | null,
): TestMail {
  const inbox = imap && { server: imap, folder: account.folder };
  return { ...composeTestMail(account), inbox };
}

async function keepSizeOf(id: string, { stages, sizeMax }: ProbeResult): Promise<void> {
  const wasAsked = stages.some(({ name, state }) => name === "SIZE" && state === "ok");
  if (wasAsked) await keepSmtpSize(id, sizeMax);
}
