import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A mail on disk. Its number is its IMAP UID; the label says where it came from. */
export type KeptMail = { uid: number; receivedAt: Date; label: string; file: string };

const FILE = /^(\d{6})-(\d+)-([a-z0-9-]+)\.eml$/;

/**
 * A folder of mails that survives restarts: `000007-1795382910-order-question.eml`. The name holds
 * UID, time of arrival in seconds and label, so there is no index to disagree with the files.
 */
export class MailFolder {
  private readonly dir: string;
  private readonly kept: KeptMail[];

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    this.kept = readdirSync(dir)
      .sort()
      .flatMap((name) => {
        const [, uid, seconds, label] = FILE.exec(name) ?? [];
        if (!uid || !seconds || !label) return [];
        const receivedAt = new Date(Number(seconds) * 1000);
        return [{ uid: Number(uid), receivedAt, label, file: path.join(dir, name) }];
      });
  }

  /** Oldest first. */
  list(): readonly KeptMail[] {
    return this.kept;
  }

  read(mail: KeptMail): Buffer {
    return readFileSync(mail.file);
  }

  /** Writes the mail before anybody is told of it. */
  add(label: string, raw: Buffer, receivedAt = new Date()): KeptMail {
    const uid = (this.kept.at(-1)?.uid ?? 0) + 1;
    const seconds = Math.floor(receivedAt.getTime() / 1000);
    const name = `${String(uid).padStart(6, "0")}-${seconds}-${label}.eml`;
    const mail = { uid, receivedAt, label, file: path.join(this.dir, name) };
    writeFileSync(`${mail.file}.part`, raw);
    renameSync(`${mail.file}.part`, mail.file);
    this.kept.push(mail);
    return mail;
  }
}
