import { addressKey } from "../mail/address";
import { getEditableAccount } from "./get";

/** What belongs to one account alone. */
const OWN = ["email", "aliases", "isDefault", "oauthMailbox"];

/**
 * The form's values for a new account like this one: everything but its addresses, user names made of
 * them, passwords, and being the default. It starts from now on.
 * @throws AppError "not-found".
 */
export async function likeValues(
  id: string,
): Promise<{ id: string; email: string; values: Record<string, string> }> {
  const { email, values } = await getEditableAccount(id);
  const localPart = email.slice(0, email.lastIndexOf("@")).toLowerCase();
  const isOfAddress = (name: string) =>
    [addressKey(email), localPart].includes(addressKey(values[name] ?? ""));
  const copied = Object.entries(values).filter(
    ([name]) =>
      !OWN.includes(name) &&
      !["startMode", "startDate"].includes(name) &&
      !(["smtpUsername", "imapUsername"].includes(name) && isOfAddress(name)),
  );
  return { id, email, values: { ...Object.fromEntries(copied), startMode: "now" } };
}
