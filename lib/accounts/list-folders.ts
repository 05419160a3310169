import { env } from "../env";
import { AppError } from "../errors";
import { listFolders } from "../transport/list-folders";
import { MailError } from "../transport/mail-error";
import { type AccountActor, assertAdmin } from "./admin";
import type { AccountInput } from "./schema";
import { noImapServer } from "./servers";
import { type TypedUse, takeTest, typedServers } from "./typed-servers";

/**
 * The folders of the mailbox that stands in the form, saved or not. A blank password means the stored
 * one of `id`, which goes only to the server it was entered for. Counts as a test of a connection.
 * @throws AppError "forbidden"; "invalid" with the field that is wrong; "unavailable" with the cause
 * and what to do when the server does not answer or refuses.
 */
export async function foldersOfSettings(
  actor: AccountActor,
  input: AccountInput,
  use: Pick<TypedUse, "id" | "resolver"> = {},
): Promise<string[]> {
  assertAdmin(actor);
  const typed = await typedServers(actor, input, { ...use, uses: "imap", tryAnyway: true });
  const server = typed.imap;
  if (!server) throw noImapServer(typed.settings.email);
  if (!server.username || !(server.tokens ?? server.password))
    throw new AppError("invalid", "Enter the password first.", "smtpPassword");
  await takeTest(actor);
  try {
    return await listFolders(server, { allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS });
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new AppError("unavailable", `${error.message} ${error.fix}`.trim());
  }
}
