import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultProxy, startFaultProxy } from "@/lib/testing/fault-proxy";
import { startForgetfulServer } from "@/lib/testing/forgetful-server";
import { findFreePorts } from "@/lib/testing/free-ports";
import { startLineServer } from "@/lib/testing/line-server";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { startOddImapServer } from "@/lib/testing/odd-imap-server";
import { wholeListing } from "@/lib/testing/whole-listing";
import { parseAllowedHosts } from "./egress";
import { ImapFolder } from "./imap";
import type { ServerSettings, TransportOptions } from "./server-settings";

let bed: MailBed;
let options: TransportOptions;
beforeAll(async () => {
  bed = await startMailBed();
  options = { allowedHosts: parseAllowedHosts("127.0.0.0/8,localhost"), ca: bed.caPem };
});
afterAll(() => bed?.stop());

function server(changes: Partial<ServerSettings> = {}): ServerSettings {
  const account = { username: "support@example.test", password: "pw" };
  return { host: "127.0.0.1", port: bed.imapsPort, security: "tls", ...account, ...changes };
}

function mail(subject: string): string {
  return `From: customer@customer.test\r\nSubject: ${subject}\r\n\r\nHello ${subject}\r\n`;
}

async function withFolder<T>(
  work: (folder: ImapFolder) => Promise<T>,
  changes: Partial<ServerSettings> = {},
): Promise<T> {
  const folder = await ImapFolder.open(server(changes), "INBOX", options);
  try {
    return await work(folder);
  } finally {
    await folder.close();
  }
}

describe("signing in", () => {
  it("works with implicit TLS, by name and by address", async () => {
    for (const host of ["127.0.0.1", "localhost"]) {
      const folder = await ImapFolder.open(server({ host }), "INBOX", options);
      expect(folder.uidValidity).toBeGreaterThan(0n);
      await folder.close();
    }
  });

  it("works with STARTTLS", async () => {
    await withFolder(async (folder) => expect(folder.uidNext).toBeGreaterThan(0), {
      port: bed.imapPort,
      security: "starttls",
    });
  });

  it("is refused when the server hides STARTTLS, and no password is sent", async () => {
    const stripped = await startLineServer("* OK ready\r\n", (line) => {
      const [tag, command = ""] = line.split(" ");
      if (command === "CAPABILITY") {
        return `* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK done\r\n`;
      }
      return `${tag} OK done\r\n`;
    });
    try {
      const settings = server({ port: stripped.port, security: "starttls" });
      await expect(ImapFolder.open(settings, "INBOX", options)).rejects.toMatchObject({
        name: "MailError",
        code: "ESTARTTLS",
        kind: "config",
      });
      expect(stripped.lines.join("\n")).not.toMatch(/LOGIN|AUTHENTICATE/i);
    } finally {
      await stripped.close();
    }
  });

  it.each([
    ["expired", "127.0.0.2", "CERT_HAS_EXPIRED"],
    ["made for another name", "127.0.0.3", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("is refused when the certificate is %s", async (_why, host, code) => {
    await expect(ImapFolder.open(server({ host }), "INBOX", options)).rejects.toMatchObject({
      code,
    });
  });

  it("is refused when nobody vouches for the certificate", async () => {
    const { allowedHosts } = options;
    const opening = ImapFolder.open(server(), "INBOX", { allowedHosts });
    await expect(opening).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    const upgraded = server({ port: bed.imapPort, security: "starttls" });
    await expect(ImapFolder.open(upgraded, "INBOX", { allowedHosts })).rejects.toMatchObject({
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
  });

  it("with a wrong password is an auth error that does not hold the password", async () => {
    const error = await ImapFolder.open(server({ password: "s3cret-wrong" }), "INBOX", options)
      .then(() => null)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "MailError", kind: "auth" });
    expect(JSON.stringify({ ...Object(error), text: String(error) })).not.toContain("s3cret");
  });

  it("to a closed port, an unknown host or a missing folder says which", async () => {
    const [port = 0] = await findFreePorts(1);
    await expect(ImapFolder.open(server({ port }), "INBOX", options)).rejects.toMatchObject({
      code: "ECONNREFUSED",
      kind: "transient",
    });
    const unknown = server({ host: "mail.nowhere.invalid" });
    await expect(ImapFolder.open(unknown, "INBOX", options)).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
    await expect(ImapFolder.open(server(), "No such folder", options)).rejects.toMatchObject({
      code: "EINBOX",
      kind: "config",
    });
  });

  it("to a private address that is not allowed never connects", async () => {
    const before = bed.logins();
    const strict = { ...options, allowedHosts: parseAllowedHosts("") };
    await expect(ImapFolder.open(server(), "INBOX", strict)).rejects.toMatchObject({
      code: "EPRIVATEHOST",
      kind: "config",
    });
    expect(bed.logins()).toBe(before);
  });

  it("ends when it is called off", async () => {
    const silent = await startLineServer(null, () => null);
    try {
      const signal = AbortSignal.timeout(200);
      const settings = server({ port: silent.port, security: "none" });
      const opening = ImapFolder.open(settings, "INBOX", { ...options, signal });
      await expect(opening).rejects.toMatchObject({ code: "EDEADLINE", kind: "transient" });
    } finally {
      await silent.close();
    }
  });
});

describe("reading a folder", () => {
  it("lists what lies above the cursor and fetches its exact bytes, leaving flags alone", async () => {
    const user = "billing@example.test";
    const when = new Date("2024-05-06T07:08:09Z");
    const first = await bed.append(user, mail("one"), { internalDate: when });
    const second = await bed.append(user, mail("zwei ü"), { flags: ["\\Flagged"] });
    await withFolder(
      async (folder) => {
        const all = await wholeListing(folder, 0);
        expect(all.map(({ uid }) => uid)).toEqual([first.uid, second.uid]);
        expect(all[0]).toEqual({ uid: first.uid, size: mail("one").length, internalDate: when });
        expect((await wholeListing(folder, first.uid)).map(({ uid }) => uid)).toEqual([second.uid]);
        const mails = await folder.fetch([second.uid, first.uid, 999_999], 1_000_000);
        expect(mails.map(({ uid }) => uid)).toEqual([first.uid, second.uid]);
        expect(mails[1]?.raw).toEqual(Buffer.from(mail("zwei ü")));
        expect(mails[1]?.flags).toContain("\\Flagged");
        expect(folder.uidNext).toBe(second.uid + 1);
        expect(folder.exists).toBe(2);
      },
      { username: user },
    );
    const flags = (await bed.mailsOf(user)).flatMap((stored) => stored.flags);
    expect(flags).not.toContain("\\Seen");
  });

  it("is not fooled by n:*, which answers with the last mail", async () => {
    const user = "agent@example.test";
    const { uid } = await bed.append(user, mail("last"));
    await withFolder(
      async (folder) => {
        expect(await wholeListing(folder, uid)).toEqual([]);
        expect(await wholeListing(folder, uid + 1000)).toEqual([]);
        expect(await wholeListing(folder, 4_294_967_295)).toEqual([]);
      },
      { username: user },
    );
  });

  it("finds nothing in an empty folder, and a mail that comes while it is open", async () => {
    const user = "stranger@customer.test";
    await withFolder(
      async (folder) => {
        expect(folder.uidNext).toBe(1);
        expect(await wholeListing(folder, 0)).toEqual([]);
        const { uid } = await bed.append(user, mail("late"));
        expect((await wholeListing(folder, 0)).map((listed) => listed.uid)).toEqual([uid]);
      },
      { username: user },
    );
  });

  it("goes on in the inbox that stays open: what came since is there, and its next UID", async () => {
    const user = "reopened@customer.test";
    await bed.addUser(user);
    await withFolder(
      async (folder) => {
        const { uid } = await bed.append(user, mail("first"));
        const { signal } = new AbortController();
        await folder.idle(0, signal);
        const again = await folder.reopen(signal);
        expect(again.uidNext).toBe(uid + 1);
        expect((await wholeListing(again, 0)).map((listed) => listed.uid)).toEqual([uid]);
        await bed.append(user, mail("second"));
        await again.idle(0, signal);
        const third = await again.reopen(signal);
        expect(third.uidNext).toBe(uid + 2);
        expect((await wholeListing(third, uid)).map((listed) => listed.uid)).toEqual([uid + 1]);
      },
      { username: user },
    );
  });

  it("leaves out what is larger than asked for, and reads its header alone", async () => {
    const user = "customer@customer.test";
    const header = "From: a@customer.test\r\nSubject: big\r\n\r\n";
    const { uid } = await bed.append(user, `${header}${"x".repeat(20_000)}\r\n`);
    await withFolder(
      async (folder) => {
        expect(await folder.fetch([uid], 10_000)).toEqual([]);
        expect((await folder.fetchHeader(uid))?.toString()).toBe(header);
        expect(await folder.fetchHeader(uid + 1)).toBeNull();
      },
      { username: user },
    );
  });
});

describe("a connection that breaks", () => {
  it("never looks like an empty folder", async () => {
    const { uid } = await bed.append("support@example.test", mail("there"));
    const folder = await ImapFolder.open(server(), "INBOX", options);
    expect(await wholeListing(folder, uid - 1)).toHaveLength(1);
    await bed.stopImap();
    try {
      await expect(wholeListing(folder, 0)).rejects.toMatchObject({ kind: "transient" });
      await expect(folder.fetch([uid], 1000)).rejects.toMatchObject({ kind: "transient" });
      await expect(folder.fetchHeader(uid)).rejects.toMatchObject({ kind: "transient" });
    } finally {
      await bed.startImap();
      await folder.close();
    }
  });

  it.each([
    ["closed", { cutAfter: 20_000 }],
    ["reset", { resetAfter: 20_000 }],
  ])("in the middle of a mail gives an error when %s, not half a mail", async (_how, fault) => {
    const user = "billing@example.test";
    const { uid } = await bed.append(user, `${mail("half")}${"y".repeat(60_000)}\r\n`);
    const proxy: FaultProxy = await startFaultProxy(bed.imapsPort);
    try {
      const settings = server({ port: proxy.port, username: user });
      const folder = await ImapFolder.open(settings, "INBOX", options);
      proxy.set(fault);
      await expect(folder.fetch([uid], 1_000_000)).rejects.toMatchObject({
        name: "MailError",
        kind: "transient",
      });
      await folder.close();
    } finally {
      await proxy.close();
    }
  });

  it("that was told goodbye and stays open is lost as well, and never an empty answer", async () => {
    const leaving = await startForgetfulServer([{ uid: 1, raw: mail("One") }]);
    try {
      await withFolder(
        async (folder) => {
          leaving.odd = (line, usual) => (/FETCH/.test(line) ? `${usual}* BYE later\r\n` : usual);
          expect(await wholeListing(folder, 0)).toHaveLength(1);
          await expect(folder.fetch([1], 1_000)).rejects.toMatchObject({ kind: "transient" });
        },
        { port: leaving.port, security: "none" },
      );
    } finally {
      await leaving.close();
    }
  });

  it("into a black hole in the middle of a mail is given up", async () => {
    const user = "billing@example.test";
    const { uid } = await bed.append(user, `${mail("lost")}${"z".repeat(60_000)}\r\n`);
    const proxy = await startFaultProxy(bed.imapsPort);
    const settings = server({ port: proxy.port, username: user });
    const folder = await ImapFolder.open(settings, "INBOX", { ...options, stallMs: 400 });
    proxy.set({ holeAfter: 20_000 });
    await expect(folder.fetch([uid], 1_000_000)).rejects.toMatchObject({ code: "EDEADLINE" });
    await folder.close();
    await proxy.close();
  });

  it("is waited for as long as it makes progress, however slowly", async () => {
    const user = "billing@example.test";
    const raw = `${mail("slow")}${"s".repeat(60_000)}\r\n`;
    const { uid } = await bed.append(user, raw);
    const proxy = await startFaultProxy(bed.imapsPort);
    const settings = server({ port: proxy.port, username: user });
    const folder = await ImapFolder.open(settings, "INBOX", { ...options, stallMs: 400 });
    proxy.set({ bytesPerSecond: 50_000 });
    const started = performance.now();
    expect((await folder.fetch([uid], 1_000_000))[0]?.raw.toString()).toBe(raw);
    expect(performance.now() - started).toBeGreaterThan(400);
    await folder.close();
    await proxy.close();
  });

  it("by a session the server cut off for a new UIDVALIDITY is noticed", async () => {
    const user = "agent@example.test";
    await withFolder(
      async (folder) => {
        await bed.bumpUidValidity(user, 414_141);
        await expect(wholeListing(folder, 0)).rejects.toMatchObject({ kind: "transient" });
      },
      { username: user },
    );
    await withFolder(
      async (folder) => {
        await bed.bumpUidValidity(user, 424_242);
        const { signal } = new AbortController();
        // As every poll of a kept connection begins: with the end of its IDLE.
        await expect(folder.idle(0, signal)).rejects.toMatchObject({ kind: "transient" });
      },
      { username: user },
    );
    await withFolder(async (folder) => expect(folder.uidValidity).toBe(424_242n), {
      username: user,
    });
  });
});

describe("a server that gets it wrong", () => {
  it("is refused when its UIDVALIDITY is zero or missing", async () => {
    for (const uidValidity of ["* OK [UIDVALIDITY 0] x\r\n", ""]) {
      const odd = await startOddImapServer(
        `* 1 EXISTS\r\n${uidValidity}* OK [UIDNEXT 9] x\r\n`,
        "",
      );
      const settings = server({ port: odd.port, security: "none" });
      await expect(ImapFolder.open(settings, "INBOX", options)).rejects.toMatchObject({
        code: "EUIDVALIDITY",
        kind: "transient",
      });
      await odd.close();
    }
  });

  it("with rows nobody asked for, out of order and twice, is read by UID", async () => {
    const row = (seq: number, uid: number, text: string) =>
      `* ${seq} FETCH (UID ${uid} INTERNALDATE "01-Jan-2024 00:00:00 +0000" FLAGS () ` +
      `RFC822.SIZE ${text.length} BODY[] {${text.length}}\r\n${text})\r\n`;
    const rows = [row(3, 30, "third"), row(1, 10, "first"), row(3, 30, "again"), row(2, 20, "no")];
    const odd = await startOddImapServer(
      "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n",
      `* 1 FETCH (FLAGS (\\Seen))\r\n${rows.join("")}`,
    );
    const settings = server({ port: odd.port, security: "none" });
    const folder = await ImapFolder.open(settings, "INBOX", options);
    expect(folder.uidNext).toBe(31);
    expect((await wholeListing(folder, 10)).map(({ uid }) => uid)).toEqual([20, 30]);
    const mails = await folder.fetch([10, 30], 100);
    expect(mails.map(({ uid, raw }) => [uid, raw.toString()])).toEqual([
      [10, "first"],
      [30, "third"],
    ]);
    await folder.close();
    await odd.close();
  });
});
