/** The part of hoodiecrow-imap that the practice mail server uses; the package brings no types. */
declare module "hoodiecrow-imap" {
  import type { Server } from "node:net";

  /** A mail as the server keeps it: bytes as a latin1 string, INTERNALDATE in IMAP's own form. */
  export type StoredMail = { uid: number; internaldate: string; flags: string[]; raw: string };

  export type ImapServer = {
    server: Server;
    folderCache: Record<string, { uidnext: number }>;
    listen(port: number, host: string): void;
    appendMessage(folder: string, flags: string[], internaldate: string, raw: string): void;
  };

  export default function hoodiecrow(options: {
    plugins: string[];
    users: Record<string, { password: string }>;
    storage: Record<string, { messages?: StoredMail[]; uidnext?: number; uidvalidity?: number }>;
  }): ImapServer;
}
