import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { composeMail } from "@/lib/mail/compose";
import { mintMessageId } from "@/lib/mail/message-id";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { parseAllowedHosts } from "./egress";
import { type ProbeResult, probeImap, probeSmtp, type TestMail } from "./probe";
import type { ServerSettings, TransportOptions } from "./server-settings";

const PASSWORD = 'c4nary "in" wörds';

let bed: MailBed;
let options: TransportOptions;
let user = "";
let users = 0;
beforeAll(async () => {
  bed = await startMailBed();
  options = { allowedHosts: parseAllowedHosts("127.0.0.0/8,localhost"), ca: bed.caPem };
});
afterAll(() => bed?.stop());
beforeEach(async () => {
  users += 1;
  user = `round${users}@example.test`;
  await bed.addUser(user, PASSWORD);
});

const smtp = (): ServerSettings => ({
  ...{ host: "localhost", port: bed.smtpsPort, security: "tls" },
  ...{ username: user, password: PASSWORD },
});
const imap = (): ServerSettings => ({ ...smtp(), port: bed.imapsPort });

function testMail(
  fields: { from?: string; to?: string; inbox?: TestMail["inbox"] } = {},
): TestMail {
  const messageId = mintMessageId("example.test");
  const { from = user, to = user, inbox = { server: imap(), folder: "INBOX" } } = fields;
  const message = composeMail({
    from: { name: "", address: from },
    to: [{ name: "", address: to }],
    ...{ cc: [], subject: "There and back", text: "Hello", messageId, inReplyTo: null },
    ...{ references: [], date: new Date(), attachments: [] },
  });
  return { message, messageId, markHeader: "X-Mark", inbox, waitMs: 1_500 };
}

function last({ stages }: ProbeResult): string {
  return stages
    .slice(-3)
    .map(({ name, state }) => `${name} ${state}`)
    .join(", ");
}

describe("a test mail", () => {
  it("is seen arriving in the inbox, where nothing else changes", async () => {
    await bed.append(user, "Subject: before\r\n\r\nHello\r\n");
    const result = await probeSmtp(smtp(), { ...options, testMail: testMail() });
    expect(last(result)).toBe("SIZE ok, Test mail ok, Round trip ok");
    expect(result).toMatchObject({ ok: true, headline: "Connection test successful" });
    expect(result.stages.at(-1)?.fact).toMatch(/^Arrived in INBOX after \d+\.\d s$/);
    const mails = await bed.mailsOf(user);
    expect(mails.map(({ flags }) => flags.includes("\\Seen"))).toEqual([false, false]);
    expect(mails[1]?.raw).toContain("There and back");
  });

  it("that another mail of the same moment overtakes is told apart", async () => {
    const running = probeSmtp(smtp(), { ...options, testMail: testMail() });
    await bed.deliver("ann@customer.test", user, "Subject: There and back\r\n\r\nNot it\r\n");
    expect(last(await running)).toMatch(/Round trip ok$/);
  });

  it("that does not arrive is said to be so, with what was learnt before", async () => {
    const lost = testMail({ to: "somebody@blackhole.test" });
    const result = await probeSmtp(smtp(), { ...options, testMail: lost });
    expect(last(result)).toBe("SIZE ok, Test mail ok, Round trip failed");
    expect(result).toMatchObject({ ok: false, headline: "Round trip test failed" });
    expect(result.sizeMax).toBe(31_457_280);
    expect(result.failure?.cause).toBe(
      "localhost took the test mail, but it was not in INBOX within 2 s.",
    );
    expect(result.failure?.fix).toMatch(/spam folder/);
  });

  it("that the server refuses fails there", async () => {
    const banned = testMail({ from: "banned@example.test" });
    const result = await probeSmtp(smtp(), { ...options, testMail: banned });
    expect(last(result)).toBe("SIZE ok, Test mail failed, Round trip skipped");
    expect(result.failure?.serverSaid).toContain("sender not allowed");
  });

  it("is sent all the same where the inbox can't be read, and not looked for without one", async () => {
    const server = { ...imap(), password: "not it" };
    const closed = testMail({ inbox: { server, folder: "INBOX" } });
    const refused = await probeSmtp(smtp(), { ...options, testMail: closed });
    expect(last(refused)).toBe("SIZE ok, Test mail ok, Round trip failed");
    expect(refused.failure).toMatchObject({ kind: "auth" });
    const none = await probeSmtp(smtp(), { ...options, testMail: testMail({ inbox: null }) });
    expect([none.ok, last(none)]).toEqual([true, "SIZE ok, Test mail ok, Round trip skipped"]);
  });
});

describe("the protocol log of a test", () => {
  it("holds both sides and no password, in whatever form", async () => {
    const mail = testMail();
    const results = [
      await probeSmtp(smtp(), { ...options, testMail: mail }),
      await probeSmtp({ ...smtp(), port: bed.smtpPort, security: "starttls" }, options),
      await probeImap(imap(), options),
      await probeImap({ ...imap(), port: bed.imapPort, security: "none" }, options),
    ];
    for (const result of results) {
      expect(result.ok).toBe(true);
      const said = result.log.map(({ from, text }) => `${from} ${text}`).join("\n");
      expect(said).toMatch(/^server (220|\* OK)/m);
      expect(said).toMatch(/^us (.*(AUTH \w+|LOGIN) )?…$/m);
      const forms = [PASSWORD, "c4nary", Buffer.from(PASSWORD).toString("base64").slice(0, 12)];
      const plain = Buffer.from(`\0${user}\0${PASSWORD}`).toString("base64").slice(-16, -4);
      for (const form of [...forms, plain]) expect(JSON.stringify(result)).not.toContain(form);
    }
    expect(results[0]?.log.map(({ text }) => text).join("\n")).toMatch(/MAIL FROM.*\n.*RCPT TO/s);
    expect(results[2]?.log.map(({ text }) => text).join("\n")).toMatch(/EXAMINE INBOX/);
  });
});
