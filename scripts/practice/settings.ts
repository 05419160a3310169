import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort, isFree } from "@/lib/db/processes";
import { PRACTICE_ADDRESS } from "@/lib/practice-address";

/** `.data/practice.json`: where the practice mail server listens, and the secrets to reach it. */
export type PracticeSettings = {
  imapPort: number;
  smtpPort: number;
  controlPort: number;
  /** Of the mail users. */
  password: string;
  /** Of the control interface, for the practice page. */
  token: string;
};

/** The desk's own address: what arrives for it is in the folder that Mailroom polls. */
export const SUPPORT = PRACTICE_ADDRESS;
/** Who the practice page sends as when somebody answers the desk. */
export const CUSTOMER = "customer@practice.test";

export const settingsFile = (dataDir: string) => path.join(dataDir, "practice.json");

export function readSettings(dataDir: string): PracticeSettings {
  return JSON.parse(readFileSync(settingsFile(dataDir), "utf8")) as PracticeSettings;
}

/** The settings of earlier starts; made at the first, and a port another program has is replaced. */
export async function prepareSettings(dataDir: string): Promise<PracticeSettings> {
  const known = existsSync(settingsFile(dataDir)) ? readSettings(dataDir) : null;
  const taken = new Set<number>();
  const port = async (wanted: number | undefined): Promise<number> => {
    const chosen = wanted && (await isFree(wanted)) ? wanted : await freePort();
    if (taken.has(chosen)) return port(undefined);
    taken.add(chosen);
    return chosen;
  };
  const settings = {
    imapPort: await port(known?.imapPort),
    smtpPort: await port(known?.smtpPort),
    controlPort: await port(known?.controlPort),
    password: known?.password ?? randomBytes(12).toString("base64url"),
    token: known?.token ?? randomBytes(24).toString("base64url"),
  };
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  writeFileSync(settingsFile(dataDir), `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  return settings;
}
