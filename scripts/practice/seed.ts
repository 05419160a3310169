import { randomInt } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createAccount } from "@/lib/accounts/create";
import { requestPoll } from "@/lib/accounts/polling";
import type { AccountInput } from "@/lib/accounts/schema";
import { imapServerOf, SERVER_COLUMNS, smtpServerOf } from "@/lib/accounts/servers";
import { updateAccount } from "@/lib/accounts/update";
import { db } from "@/lib/db/client";
import { verifyPassword } from "@/lib/passwords";
import { createUser, setUserPassword } from "@/lib/users";
import { type PracticeSettings, SUPPORT } from "./settings";

/** The machine's owner, who needs no sign-in to run the quickstart. */
const OWNER = { id: null, role: "ADMIN" } as const;
const ADMIN_EMAIL = "admin@practice.test";

/**
 * Makes the admin of the practice desk, once. The password is random and kept in
 * `.data/quickstart.json`, so every start can print it; one that was changed since is not undone.
 */
export async function ensurePracticeAdmin(
  dataDir: string,
): Promise<{ email: string; password: string }> {
  const file = path.join(dataDir, "quickstart.json");
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as KeptAdmin) : null;
  const password = kept?.password ?? easyPassword();
  if (!kept) writeFileSync(file, `${JSON.stringify({ password })}\n`, { mode: 0o600 });
  const user = await db().prisma.user.findUnique({
    where: { email: ADMIN_EMAIL },
    select: { id: true, passwordHash: true },
  });
  if (!user) {
    await createUser(null, { email: ADMIN_EMAIL, name: "Practice Admin", role: "ADMIN", password });
    return { email: ADMIN_EMAIL, password };
  }
  if (await verifyPassword(password, user.passwordHash)) return { email: ADMIN_EMAIL, password };
  if (kept) return { email: ADMIN_EMAIL, password: "(the password you have set)" };
  // The file is gone and nobody can know the old one.
  await setUserPassword(null, user.id, password);
  return { email: ADMIN_EMAIL, password };
}

/** Typed off a terminal by people: twelve characters, none of which looks like another. */
function easyPassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  return Array.from({ length: 12 }, () => letters[randomInt(letters.length)]).join("");
}

type KeptAdmin = { password: string };

/**
 * Connects support@practice.test with polling on, or corrects the account of an earlier start when
 * the practice server moved to other ports; then asks for a poll at once.
 * @returns the account's id.
 */
export async function connectPracticeAccount(settings: PracticeSettings): Promise<string> {
  const account = await db().prisma.emailAccount.findUnique({
    where: { email: SUPPORT },
    select: { ...SERVER_COLUMNS, isDefault: true, isActive: true, pollingEnabled: true },
  });
  const input: AccountInput = {
    email: SUPPORT,
    name: "Practice Support",
    smtpHost: "127.0.0.1",
    smtpPort: settings.smtpPort,
    smtpSecurity: "none",
    smtpUsername: SUPPORT,
    smtpPassword: settings.password,
    imapHost: "127.0.0.1",
    imapPort: settings.imapPort,
    imapSecurity: "none",
    isActive: true,
    pollingEnabled: true,
    startMode: "all",
    isDefault: account?.isDefault ?? false,
  };
  if (!account) return (await createAccount(OWNER, input)).id;
  const isReady = account.isActive && account.pollingEnabled && reaches(account, settings);
  if (isReady) await requestPoll(account.id);
  else await updateAccount(OWNER, account.id, input);
  return account.id;
}

function reaches(account: Parameters<typeof smtpServerOf>[0], settings: PracticeSettings): boolean {
  try {
    const [smtp, imap] = [smtpServerOf(account), imapServerOf(account)];
    return (
      smtp.port === settings.smtpPort &&
      imap.port === settings.imapPort &&
      imap.password === settings.password
    );
  } catch {
    // Sealed with another APP_SECRET.
    return false;
  }
}
