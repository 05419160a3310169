import { db } from "../db/client";
import { env } from "../env";
import { AppError } from "../errors";
import { RATE_LIMITS, takeTry } from "../rate-limit";
import { listFolders } from "../transport/list-folders";
import { MailError } from "../transport/mail-error";
import { isUuid } from "../uuid";
import { type AccountActor, assertAdmin } from "./admin";
import { sealedPasswords } from "./create";
import { assertSecretsStay, keepsImapPassword } from "./credentials";
import type { MxResolver } from "./detect";
import { type AccountInput, parseAccount } from "./schema";
import { type AccountServers, imapServerOf, imapUsernameOf, SERVER_COLUMNS } from "./servers";
import { settingsFrom } from "./settings";

/** Binds sealed passwords of an account that is not saved yet. */
const UNSAVED = "unsaved";

/**
 * The folders of the mailbox that stands in the form, saved or not. A blank password means the stored
 * one of `id`, which goes only to the server it was entered for. Counts as a test of a connection.
 * @throws AppError "forbidden"; "invalid" with the field that is wrong; "unavailable" with the cause
 * and what to do when the server does not answer or refuses.
 */
export async function foldersOfSettings(
  actor: AccountActor,
  input: AccountInput,
  { id, resolver }: { id?: string; resolver?: MxResolver } = {},
): Promise<string[]> {
  assertAdmin(actor);
  const values = parseAccount({ ...input, pollingEnabled: true });
  const { settings, detection } = await settingsFrom(values, resolver);
  const stored = id === undefined ? null : await storedServers(id);
  if (stored) assertSecretsStay(stored, settings, values, ["imap"]);
  const accountId = stored?.id ?? UNSAVED;
  const sealed = sealedPasswords(accountId, values, detection);
  const keepsOwn = stored !== null && keepsImapPassword(stored, settings);
  const account: AccountServers = {
    ...{ ...settings, id: accountId },
    smtpPasswordSealed: sealed.smtpPasswordSealed ?? stored?.smtpPasswordSealed ?? null,
    imapPasswordSealed: sealed.imapPasswordSealed ?? (keepsOwn ? stored.imapPasswordSealed : null),
  };
  const server = imapServerOf(account);
  if (!server.password || !imapUsernameOf(settings))
    throw new AppError("invalid", "Enter the password first.", "smtpPassword");
  await takeLook(actor);
  try {
    return await listFolders(server, { allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS });
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new AppError("unavailable", `${error.message} ${error.fix}`.trim());
  }
}

async function storedServers(id: string): Promise<AccountServers> {
  const account = isUuid(id)
    ? await db().prisma.emailAccount.findUnique({ where: { id }, select: SERVER_COLUMNS })
    : null;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  return account;
}

async function takeLook(actor: AccountActor): Promise<void> {
  if (actor.id === null) return;
  const waitMs = await takeTry(RATE_LIMITS.testConnection, actor.id);
  if (waitMs > 0)
    throw new AppError(
      "unavailable",
      `Too many tests. Try again in ${Math.ceil(waitMs / 1000)} s.`,
    );
}
