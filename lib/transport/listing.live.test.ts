import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { saveMails } from "@/lib/testing/maildir";
import { wholeListing } from "@/lib/testing/whole-listing";
import { parseAllowedHosts } from "./egress";
import { ImapFolder } from "./imap";

let bed: MailBed;
beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

const MAILS = 700;

async function withFolder(
  username: string,
  work: (folder: ImapFolder) => Promise<void>,
): Promise<void> {
  const server = { host: "127.0.0.1", port: bed.imapsPort, security: "tls" as const };
  const folder = await ImapFolder.open({ ...server, username, password: "pw" }, "INBOX", {
    allowedHosts: parseAllowedHosts("127.0.0.0/8"),
    ca: bed.caPem,
  });
  try {
    await work(folder);
  } finally {
    await folder.close();
  }
}

async function fill(user: string): Promise<void> {
  await bed.addUser(user);
  // Opened once, so that Dovecot itself has made the folder.
  await bed.mailsOf(user);
  const small = "From: a@customer.test\r\nSubject: small\r\n\r\nHello\r\n";
  await saveMails(bed, { user, folder: "INBOX" }, Array(MAILS).fill(Buffer.from(small)));
}

describe("the listing of a large folder", () => {
  it("comes in pieces that together are the folder, other calls between them", async () => {
    const user = "large@example.test";
    await fill(user);
    await withFolder(user, async (folder) => {
      const pieces: number[][] = [];
      for await (const listed of folder.list(0)) {
        pieces.push(listed.map(({ uid }) => uid));
        expect(await folder.fetch([listed[0]?.uid ?? 0], 1_000_000)).toHaveLength(1);
      }
      expect(pieces.map(({ length }) => length)).toEqual([125, 500, 75]);
      expect(pieces.flat()).toEqual(await folder.uids());
      expect(await wholeListing(folder, MAILS - 3)).toHaveLength(3);
    });
  });

  it("asks wider where mails are few, and finds what came after the folder was opened", async () => {
    const user = "sparse@example.test";
    await fill(user);
    // One in four stays; then there is nothing for a million UIDs.
    const gone = Array.from({ length: MAILS }, (_, n) => n + 1).filter((uid) => uid % 4 !== 0);
    await bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", gone.join());
    await bed.doveadm("mailbox", "update", "-u", user, "--min-next-uid", "1000000", "INBOX");
    await bed.append(user, "Subject: far\r\n\r\nfar\r\n");
    await withFolder(user, async (folder) => {
      const { uid } = await bed.append(user, "Subject: late\r\n\r\nlate\r\n");
      const pieces = [];
      for await (const listed of folder.list(0)) pieces.push(listed.map((mail) => mail.uid));
      expect(pieces.map(({ length }) => length)).toEqual([31, 125, 19, 2]);
      expect(pieces.flat()).toEqual(await folder.uids());
      expect(pieces.at(-1)).toEqual([1_000_000, uid]);
    });
  });
});
