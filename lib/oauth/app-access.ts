import { type AccountActor, assertAdmin } from "../accounts/admin";
import { databaseNow } from "../accounts/lock";
import { inTransaction } from "../db/client";
import { AppError } from "../errors";
import { MailError } from "../transport/mail-error";
import { getClient } from "./clients";
import { formToKeep, keepPending } from "./grants";
import { isOwnTenant } from "./providers";
import { requestAppToken, type TokenAnswer } from "./requests";

/**
 * Access to a Microsoft 365 mailbox without anybody's sign-in: our app signs in by itself, with the
 * rights an administrator has given it (client credentials). Gets a first token, so that a wrong
 * secret shows at once; whether the app may open the mailbox only a test tells.
 * @returns the id that goes with the form when it is saved or tested.
 * @throws AppError "forbidden"; "invalid" without a tenant of one's own; "unavailable" with cause and
 * fix when Microsoft refuses.
 */
export async function grantAppAccess(
  actor: AccountActor,
  form: Record<string, string>,
): Promise<{ grantId: string }> {
  assertAdmin(actor);
  const client = await getClient("MICROSOFT");
  if (!isOwnTenant(client.tenant))
    throw new AppError(
      "invalid",
      "An app signs in by itself only in one organisation: enter its tenant id under Settings first.",
    );
  const tokens = await firstToken(() => requestAppToken(client));
  const now = await databaseNow();
  const kept = formToKeep(form);
  const grantId = await inTransaction((tx) =>
    keepPending(tx, actor, { client, consenter: null, tokens, form: kept, now }),
  );
  return { grantId };
}

async function firstToken(request: () => Promise<TokenAnswer>): Promise<TokenAnswer> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new AppError("unavailable", `${error.message} ${error.fix}`.trim());
  }
}
