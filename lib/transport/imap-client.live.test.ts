import { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { startOddImapServer } from "@/lib/testing/odd-imap-server";
import { ImapClient } from "./imap-client";

let bed: MailBed;
beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

const LISTED = { uid: true, size: true, internalDate: true };
const WHOLE = { uid: true, flags: true, internalDate: true, source: true };

type Client = typeof ImapFlow | typeof ImapClient;

/** What a client of this kind fetches of an inbox, by what we ask of it, and how many it read itself. */
async function fetched(Kind: Client, port: number, query: object, user = "plain@example.test") {
  const client = new Kind({
    ...{ host: "127.0.0.1", port, secure: false, doSTARTTLS: false, logger: false },
    ...{ auth: { user, pass: "pw" }, disableAutoIdle: true },
  });
  await client.connect();
  try {
    const mailbox = await client.mailboxOpen("INBOX", { readOnly: true });
    const rows = await client.fetchAll("1:*", query, { uid: true });
    const read = rows
      .map(({ seq, uid, size, internalDate, flags, source, modseq, emailId }) => {
        const said = { seq, uid, size, internalDate, source, modseq, emailId };
        return { ...said, flags: flags && [...flags] };
      })
      .sort((a, b) => a.seq - b.seq);
    const plain = client instanceof ImapClient ? client.plainAnswers : 0;
    const { uidNext, highestModseq } = mailbox;
    return { read, plain, uidNext, highestModseq };
  } finally {
    client.close();
  }
}

describe("answers of Dovecot", () => {
  it("are read here, each as the library reads it", async () => {
    const user = "plain@example.test";
    await bed.addUser(user);
    const bodies = ["", "x", "Hello\r\n", "a) {3}\r\n* 1 FETCH (UID 9)\r\n".repeat(3000), "\0é"];
    for (const body of bodies) await bed.append(user, `Subject: s\r\n\r\n${body}`);
    await bed.doveadm(
      "flags",
      "add",
      "-u",
      user,
      "\\Seen $Forwarded Later",
      "mailbox",
      "INBOX",
      "2",
    );
    for (const query of [LISTED, WHOLE, { uid: true }]) {
      const ours = await fetched(ImapClient, bed.imapPort, query);
      expect(ours.plain).toBe(bodies.length);
      expect(ours).toMatchObject({ ...(await fetched(ImapFlow, bed.imapPort, query)), plain: 5 });
    }
  });

  it("about headers are the library's", async () => {
    const ours = await fetched(ImapClient, bed.imapPort, { uid: true, headers: ["subject"] });
    expect(ours).toMatchObject({ plain: 0, read: { length: 5 } });
  });
});

describe("answers of other servers", () => {
  const plain = [
    "(UID 7)",
    '(UID 7 RFC822.SIZE 12 INTERNALDATE " 1-Feb-2026 03:04:05 -0830")',
    '(INTERNALDATE "01-Feb-2026 03:04:05 +0000" RFC822.SIZE 0 UID 4294967295)',
    "(FLAGS () UID 7)",
    "(UID 7 MODSEQ (12))",
    "(UID 7 EMAILID (M6d99ac3275bb4e) MODSEQ (0))",
    "(X-GM-MSGID 1278455344230334865 UID 7)",
    "(FLAGS (\\Seen \\Answered $Junk a+b:c) UID 7)",
    "(UID 7 BODY[] {0}\r\n)",
    "(BODY[] {4}\r\n)\r\n( FLAGS (\\Recent) UID 7)",
    `(UID 7 FLAGS (${"word ".repeat(300)}last))`,
  ];
  const odd = [
    "(UID 7 UID 8)",
    "(uid 7)",
    "(UID 0)",
    "(UID 07)",
    "(UID 7 )",
    "( UID 7)",
    "(UID  7)",
    "(UID 7) ",
    "(UID 7",
    "UID 7",
    "(UID 99999999999)",
    '(UID "7")',
    "(FLAGS (\\Seen))",
    "(UID 7 FLAGS (NIL))",
    '(UID 7 FLAGS ("quoted"))',
    "(UID 7 FLAGS (a  b))",
    "(UID 7 FLAGS (a ))",
    "(UID 7 FLAGS (a) FLAGS (b))",
    "(UID 7 FLAGS NIL)",
    "(UID 7 RFC822.SIZE NIL)",
    "(UID 7 RFC822.SIZE -1)",
    '(UID 7 INTERNALDATE "31-Foo-2026 03:04:05 +0000")',
    '(UID 7 INTERNALDATE "2026-02-01")',
    "(UID 7 INTERNALDATE NIL)",
    "(UID 7 BODY[] NIL)",
    '(UID 7 BODY[] "quoted")',
    "(UID 7 BODY[] {3+}\r\nabc)",
    "(UID 7 BODY[]<0> {3}\r\nabc)",
    "(UID 7 BODY[HEADER] {3}\r\nabc)",
    "(UID 7 BODY[TEXT] {3}\r\nabc BODY[] {3}\r\ndef)",
    "(UID 7 BODY[] {3}\r\nabc BODY[] {3}\r\ndef)",
    "(UID 7 X-NEW {3}\r\nabc)",
    "(UID 7 MODSEQ 12)",
    "(UID 7 MODSEQ (1) MODSEQ (2))",
    "(UID 7 MODSEQ (99999999999999999999999999))",
    "(UID 7 EMAILID NIL)",
    "(UID 7 EMAILID (a b))",
    "(UID 7 X-GM-MSGID (1))",
    "(UID 7 ENVELOPE NIL)",
    `(UID 7 FLAGS (${"word ".repeat(500)}last))`,
  ];

  async function both(answers: readonly string[]) {
    const lines = answers.map((answer, n) => `* ${n + 1} FETCH ${answer}\r\n`).join("");
    const opened = `* ${answers.length} EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n* OK [UIDNEXT 5] x\r\n`;
    const server = await startOddImapServer(opened, lines);
    try {
      const theirs = await fetched(ImapFlow, server.port, WHOLE);
      return { ours: await fetched(ImapClient, server.port, WHOLE), theirs };
    } finally {
      await server.close();
    }
  }

  it.each(plain)("%j is read here, as the library reads it", async (answer) => {
    const { ours, theirs } = await both([answer]);
    expect(ours).toEqual({ ...theirs, plain: 1 });
  });

  it.each(odd)("%j is left to the library", async (answer) => {
    const { ours, theirs } = await both([answer]);
    expect(ours).toEqual({ ...theirs, plain: 0 });
  });

  it("come in one go, some of both kinds", async () => {
    const { ours, theirs } = await both([...plain, ...odd, ...plain]);
    expect(ours).toEqual({ ...theirs, plain: plain.length * 2 });
  });
});
