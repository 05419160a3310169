import type { SendMailOptions } from "nodemailer";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startFaultProxy } from "@/lib/testing/fault-proxy";
import { findFreePorts } from "@/lib/testing/free-ports";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { type ScriptedSmtp, type SmtpScript, startScriptedSmtp } from "@/lib/testing/scripted-smtp";
import { sendMail } from "@/lib/testing/send-mail";
import { parseAllowedHosts } from "./egress";
import { MailError } from "./mail-error";
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
  return { host: "127.0.0.1", port: bed.smtpsPort, security: "tls", ...account, ...changes };
}

function mail(changes: Partial<SendMailOptions> & { to?: string | string[] } = {}) {
  const from = "support@example.test";
  const to = [changes.to ?? "customer@customer.test"].flat();
  return {
    from: { name: "Support", address: from },
    subject: "Re: printer",
    text: "Try turning it off.",
    messageId: "<fixed.1@example.test>",
    ...changes,
    to,
    envelope: { from, to },
    disableFileAccess: true,
  };
}

async function failure(sending: Promise<unknown>): Promise<MailError> {
  const outcome = await sending.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof MailError)) throw new Error(`not a MailError: ${String(outcome)}`);
  return outcome;
}

describe("sending a mail", () => {
  it.each(["tls", "starttls"] as const)("works with %s and arrives unchanged", async (security) => {
    const port = security === "tls" ? bed.smtpsPort : bed.smtpPort;
    const before = await bed.mailsOf("customer@customer.test");
    const sent = await sendMail(server({ port, security, host: "localhost" }), mail(), options);
    expect(sent).toMatchObject({ accepted: ["customer@customer.test"], rejected: [] });
    expect(sent.response).toMatch(/^250 /);
    const mails = await bed.waitForMail("customer@customer.test", before.length + 1);
    expect(mails.at(-1)?.raw).toContain("Message-ID: <fixed.1@example.test>");
  });

  it("names each recipient the server refused, and whether for good", async () => {
    const to = ["customer@customer.test", "tempfail@customer.test", "hardfail@customer.test"];
    const sent = await sendMail(server(), mail({ to }), options);
    expect(sent.accepted).toEqual(["customer@customer.test"]);
    expect(sent.rejected).toEqual([
      { address: to[1], permanent: false, response: expect.stringMatching(/^451 /) },
      { address: to[2], permanent: true, response: expect.stringMatching(/^550 /) },
    ]);
  });

  it.each([
    ["tempfail@customer.test", 451, "transient"],
    ["hardfail@customer.test", 550, "permanent"],
    ["cut@customer.test", 421, "transient"],
  ])("to %s alone fails with the server's %i", async (to, responseCode, kind) => {
    const error = await failure(sendMail(server(), mail({ to }), options));
    expect(error).toMatchObject({ responseCode, kind, uncertain: false });
    expect(error.response).toContain(String(responseCode));
  });

  it("that the server refuses for its content fails for good", async () => {
    const error = await failure(sendMail(server(), mail({ subject: "reject-at-data" }), options));
    expect(error).toMatchObject({ responseCode: 550, kind: "permanent", uncertain: false });
  });

  it("is not tried with a wrong password", async () => {
    const error = await failure(sendMail(server({ password: "s3cret" }), mail(), options));
    expect(error).toMatchObject({ kind: "auth", responseCode: 535 });
    expect(`${error.message} ${error.fix} ${error.serverSaid}`).not.toContain("s3cret");
  });

  it("is not tried without a sign-in where one is set but not offered", async () => {
    // Postfix offers AUTH on encrypted connections only.
    const settings = server({ port: bed.smtpPort, security: "none" });
    const before = (await bed.mailsOf("agent@example.test")).length;
    const error = await failure(sendMail(settings, mail({ to: "agent@example.test" }), options));
    expect(error).toMatchObject({ code: "ENOAUTH", kind: "config" });
    expect(await bed.mailsOf("agent@example.test")).toHaveLength(before);
  });

  it("needs no sign-in when no username is set", async () => {
    const settings = server({ port: bed.smtpPort, security: "starttls", username: "" });
    const sent = await sendMail(settings, mail({ to: "agent@example.test" }), options);
    expect(sent.accepted).toEqual(["agent@example.test"]);
  });

  it("refuses an attachment from a path", async () => {
    const attachments = [{ path: "/etc/hostname" }];
    const error = await failure(sendMail(server(), mail({ attachments }), options));
    expect(error).toMatchObject({ code: "EFILEACCESS", kind: "permanent" });
  });
});

describe("a server that cannot be trusted or reached", () => {
  it("is refused when nobody vouches for its certificate", async () => {
    const { allowedHosts } = options;
    for (const settings of [server(), server({ port: bed.smtpPort, security: "starttls" })]) {
      const error = await failure(sendMail(settings, mail(), { allowedHosts }));
      expect(error.code).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    }
  });

  it.each([
    ["expired", "CERT_HAS_EXPIRED"],
    ["wrong", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ] as const)("is refused when its certificate is %s", async (certificate, code) => {
    const bad = await startScriptedSmtp({}, { bedDir: bed.dir, certificate });
    const error = await failure(sendMail(server({ port: bad.port }), mail(), options));
    expect(error.code).toBe(code);
    expect(bad.mails).toEqual([]);
    await bad.close();
  });

  it("that is closed, unknown or private says which", async () => {
    const [port = 0] = await findFreePorts(1);
    const closed = await failure(sendMail(server({ port }), mail(), options));
    expect(closed).toMatchObject({ code: "ECONNREFUSED", kind: "transient", uncertain: false });
    const unknown = server({ host: "smtp.nowhere.invalid" });
    const lost = await failure(sendMail(unknown, mail(), options));
    expect(lost.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    const strict = { ...options, allowedHosts: parseAllowedHosts("") };
    const refused = await failure(sendMail(server(), mail(), strict));
    expect(refused).toMatchObject({ code: "EPRIVATEHOST", kind: "config" });
  });

  it("is given up when it is called off", async () => {
    const proxy = await startFaultProxy(bed.smtpPort, { stall: true });
    const settings = server({ port: proxy.port, security: "none", username: "" });
    const signal = AbortSignal.timeout(200);
    const error = await failure(sendMail(settings, mail(), { ...options, signal }));
    expect(error).toMatchObject({ code: "EDEADLINE", kind: "transient", uncertain: false });
    await proxy.close();
  });
});

describe("a server that falls silent", () => {
  it("before the mail is asked for is given up, and surely has not got it", async () => {
    const proxy = await startFaultProxy(bed.smtpPort, { holeAfter: 200 });
    const settings = server({ port: proxy.port, security: "none", username: "" });
    const to = "agent@example.test";
    const sending = sendMail(settings, mail({ to }), { ...options, stallMs: 500 });
    expect(await failure(sending)).toMatchObject({ kind: "transient", uncertain: false });
    await proxy.close();
  });
});

describe("a scripted server", () => {
  let scripted: ScriptedSmtp;
  beforeAll(async () => {
    scripted = await startScriptedSmtp({}, { bedDir: bed.dir, certificate: "server" });
  });
  afterEach(() => scripted.play({}));
  afterAll(() => scripted?.close());

  const sendScripted = (script: SmtpScript, changes = {}) => {
    scripted.play(script);
    return sendMail(server({ port: scripted.port }), mail(changes), options);
  };
  const reply = (code: number) => ({ code, text: "scripted" });

  it.each([
    ["the sender", { mailFrom: reply(452) }, 452, "transient"],
    ["the sender", { mailFrom: reply(554) }, 554, "permanent"],
    ["the mail", { afterDot: reply(451) }, 451, "transient"],
    ["the mail", { afterDot: reply(552) }, 552, "permanent"],
    ["the mail", { afterDot: reply(421) }, 421, "transient"],
  ])("that refuses %s is believed: %o", async (_what, script, responseCode, kind) => {
    const error = await failure(sendScripted(script));
    expect(error).toMatchObject({ responseCode, kind, uncertain: false });
  });

  it("that hangs up after the final dot leaves it uncertain", async () => {
    const before = scripted.mails.length;
    const error = await failure(sendScripted({ afterDot: "drop" }));
    expect(error).toMatchObject({ uncertain: true, kind: "transient", responseCode: null });
    expect(scripted.mails).toHaveLength(before + 1);
  });

  it.each([
    ["at MAIL FROM", { mailFrom: "drop" }, {}],
    ["at RCPT TO", { rcptTo: { "customer@customer.test": "drop" } }, {}],
    ["in the middle of a large mail", { duringData: "drop" }, { text: "line\r\n".repeat(2e6) }],
  ] as const)("that hangs up %s surely has not got it", async (_when, script, changes) => {
    const before = scripted.mails.length;
    const error = await failure(sendScripted(script, changes));
    expect(error).toMatchObject({ uncertain: false, kind: "transient" });
    expect(scripted.mails).toHaveLength(before);
  });

  it("that hides STARTTLS gets neither password nor mail", async () => {
    const plain = await startScriptedSmtp();
    const settings = server({ port: plain.port, security: "starttls" });
    const error = await failure(sendMail(settings, mail(), options));
    expect(error).toMatchObject({ code: "ESTARTTLS", kind: "config", uncertain: false });
    expect(plain.mails).toEqual([]);
    await plain.close();
  });
});
