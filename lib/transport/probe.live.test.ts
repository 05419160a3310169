import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFaultProxy } from "@/lib/testing/fault-proxy";
import { findFreePorts } from "@/lib/testing/free-ports";
import { startLineServer } from "@/lib/testing/line-server";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { startScriptedSmtp } from "@/lib/testing/scripted-smtp";
import { parseAllowedHosts } from "./egress";
import { type ProbeResult, probeImap, probeSmtp, type StageName } from "./probe";
import type { ServerSettings, TransportOptions } from "./server-settings";

let bed: MailBed;
let options: TransportOptions;
beforeAll(async () => {
  bed = await startMailBed();
  options = { allowedHosts: parseAllowedHosts("127.0.0.0/8,localhost"), ca: bed.caPem };
});
afterAll(() => bed?.stop());

const ACCOUNT = { host: "localhost", username: "support@example.test", password: "pw" };

function imap(changes: Partial<ServerSettings> = {}): ServerSettings {
  return { ...ACCOUNT, port: bed.imapsPort, security: "tls", ...changes };
}

function smtp(changes: Partial<ServerSettings> = {}): ServerSettings {
  return { ...ACCOUNT, port: bed.smtpsPort, security: "tls", ...changes };
}

/** "DNS ok, TCP failed, TLS skipped": how far a test came. */
function course({ stages }: ProbeResult): string {
  return stages.map(({ name, state }) => `${name} ${state}`).join(", ");
}

function factOf({ stages }: ProbeResult, name: StageName): string | undefined {
  return stages.find((stage) => stage.name === name)?.fact;
}

describe("Test IMAP", () => {
  it("says what it found at each stage", async () => {
    await bed.append("support@example.test", "Subject: one\r\n\r\nHello\r\n");
    const seen: string[] = [];
    const result = await probeImap(imap(), {
      ...options,
      onStage: ({ name, state }) => seen.push(`${name} ${state}`),
    });
    expect(result).toMatchObject({ ok: true, failure: null });
    expect(result.headline).toBe("IMAP connection successful");
    expect(course(result)).toBe(
      "DNS ok, TCP ok, TLS ok, Certificate ok, Greeting ok, Sign-in ok, INBOX ok",
    );
    expect(seen.join(", ")).toBe(course(result));
    expect(factOf(result, "DNS")).toMatch(/^localhost → .*127\.0\.0\.1/);
    expect(factOf(result, "TCP")).toBe(`Port ${bed.imapsPort} open`);
    expect(factOf(result, "TLS")).toBe("TLS 1.3, certificate for mail.example.test");
    expect(factOf(result, "Certificate")).toMatch(/^Valid until \d{4}-\d\d-\d\d$/);
    expect(factOf(result, "Greeting")).toContain("Dovecot");
    expect(factOf(result, "Sign-in")).toBe("Signed in as support@example.test");
    expect(factOf(result, "INBOX")).toMatch(/^1 message, UIDVALIDITY \d+, IDLE supported$/);
  });

  it("upgrades with STARTTLS after the greeting", async () => {
    const result = await probeImap(imap({ port: bed.imapPort, security: "starttls" }), options);
    expect(course(result)).toBe(
      "DNS ok, TCP ok, Greeting ok, TLS ok, Certificate ok, Sign-in ok, INBOX ok",
    );
    expect(result.ok).toBe(true);
  });

  it("warns when nothing is encrypted", async () => {
    const result = await probeImap(imap({ port: bed.imapPort, security: "none" }), options);
    expect(course(result)).toBe(
      "DNS ok, TCP ok, Greeting ok, TLS warning, Certificate skipped, Sign-in ok, INBOX ok",
    );
  });

  it("with a wrong password fails at the sign-in and tells nobody the password", async () => {
    const result = await probeImap(imap({ password: "s3cret-wrong" }), options);
    expect(result.headline).toBe("IMAP connection test failed");
    expect(course(result)).toMatch(/Greeting ok, Sign-in failed, INBOX skipped$/);
    expect(result.failure).toMatchObject({ kind: "auth", cause: expect.stringMatching(/refused/) });
    expect(JSON.stringify(result)).not.toContain("s3cret");
  });

  it.each([
    ["127.0.0.2", /^Ended on 2021-01-01$/, /expired/],
    ["127.0.0.3", /^Made for other\.invalid, not for this host$/, /another name/],
  ])("shows the bad certificate of %s and goes no further", async (host, fact, cause) => {
    const before = bed.logins();
    const result = await probeImap(imap({ host }), options);
    expect(course(result)).toBe(
      "DNS ok, TCP ok, TLS ok, Certificate failed, Greeting skipped, Sign-in skipped, INBOX skipped",
    );
    expect(factOf(result, "Certificate")).toMatch(fact);
    expect(result.failure).toMatchObject({ kind: "config", cause: expect.stringMatching(cause) });
    expect(factOf(result, "INBOX")).toBe("Not tried");
    expect(bed.logins()).toBe(before);
  });

  it("names the authority nobody trusts", async () => {
    const result = await probeImap(imap(), { allowedHosts: options.allowedHosts });
    expect(factOf(result, "Certificate")).toBe("Issued by Mailroom test bed CA, not trusted");
    expect(result.failure?.kind).toBe("config");
  });

  it("fails at TLS when STARTTLS is stripped, and sends no password", async () => {
    const stripped = await startLineServer("* OK ready\r\n", (line) => {
      const tag = line.split(" ")[0];
      return `* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK done\r\n`;
    });
    const result = await probeImap(imap({ port: stripped.port, security: "starttls" }), options);
    expect(course(result)).toMatch(/Greeting ok, TLS failed, Certificate skipped, Sign-in skipped/);
    expect(result.failure).toMatchObject({
      kind: "config",
      cause: expect.stringMatching(/STARTTLS/),
    });
    expect(stripped.lines.join()).not.toMatch(/LOGIN|AUTHENTICATE/i);
    await stripped.close();
  });

  it("tells an unknown host, a closed port, a private host and a missing folder apart", async () => {
    const [port = 0] = await findFreePorts(1);
    const unknown = await probeImap(imap({ host: "imap.nowhere.invalid" }), options);
    expect(course(unknown)).toMatch(/^DNS failed, TCP skipped/);
    const closed = await probeImap(imap({ port }), options);
    expect(course(closed)).toMatch(/^DNS ok, TCP failed, TLS skipped/);
    const strict = { ...options, allowedHosts: parseAllowedHosts("") };
    const refused = await probeImap(imap(), strict);
    expect(course(refused)).toMatch(/^DNS failed/);
    expect(refused.failure?.fix).toContain("EMAIL_ALLOWED_PRIVATE_HOSTS");
    const missing = await probeImap(imap(), { ...options, folder: "Nowhere" });
    expect(course(missing)).toMatch(/Sign-in ok, INBOX failed$/);
    for (const { ok, failure } of [unknown, closed, refused, missing]) {
      expect(ok).toBe(false);
      expect(failure?.cause).not.toBe("");
      expect(failure?.fix).not.toBe("");
    }
  });

  it("knows a server that is no IMAP server, and one that only speaks plainly", async () => {
    const asImap = imap({ port: bed.smtpPort, security: "starttls" });
    const wrong = await probeImap(asImap, options);
    expect(course(wrong)).toMatch(/^DNS ok, TCP ok, Greeting failed/);
    expect(wrong.failure?.cause).toContain("does not answer like an IMAP server");
    const plain = await probeImap(imap({ port: bed.imapPort }), options);
    expect(course(plain)).toMatch(/^DNS ok, TCP ok, TLS failed/);
    expect(plain.failure?.kind).toBe("config");
  });

  it("ends when it is called off, whatever the server does", async () => {
    const proxy = await startFaultProxy(bed.imapsPort, { stall: true });
    const signal = AbortSignal.timeout(300);
    const result = await probeImap(imap({ port: proxy.port }), { ...options, signal });
    expect(course(result)).toMatch(/^DNS ok, TCP ok, TLS failed, Certificate skipped/);
    expect(result.failure?.kind).toBe("transient");
    await proxy.close();
  });
});

describe("Test SMTP", () => {
  it.each(["tls", "starttls"] as const)("signs in with %s", async (security) => {
    const port = security === "tls" ? bed.smtpsPort : bed.smtpPort;
    const result = await probeSmtp(smtp({ security, port }), options);
    expect(result).toMatchObject({ ok: true, headline: "Connection test successful" });
    expect(course(result)).not.toMatch(/failed|skipped|warning/);
    expect(result.stages.map(({ name }) => name).slice(-2)).toEqual(["Sign-in", "SIZE"]);
    expect(factOf(result, "SIZE")).toBe("Takes mails of up to 30 MB");
    expect(result.sizeMax).toBe(31_457_280);
    expect(factOf(result, "Greeting")).toContain("ESMTP");
  });

  it("needs no sign-in without a username", async () => {
    const settings = smtp({ port: bed.smtpPort, security: "starttls", username: "" });
    const result = await probeSmtp(settings, options);
    expect(result.ok).toBe(true);
    expect(course(result)).toMatch(/Sign-in skipped, SIZE ok$/);
  });

  it("fails at the sign-in with a wrong password, or when none is offered", async () => {
    const wrong = await probeSmtp(smtp({ password: "s3cret-wrong" }), options);
    expect(wrong.headline).toBe("SMTP connection test failed");
    expect(course(wrong)).toMatch(/Sign-in failed, SIZE skipped$/);
    expect(wrong.failure?.kind).toBe("auth");
    const plain = await probeSmtp(smtp({ port: bed.smtpPort, security: "none" }), options);
    expect(course(plain)).toMatch(/Sign-in failed, SIZE skipped$/);
    expect(plain.failure?.kind).toBe("config");
  });

  it("fails at TLS when STARTTLS is stripped, and at a bad certificate", async () => {
    const plain = await startScriptedSmtp();
    const stripped = await probeSmtp(smtp({ port: plain.port, security: "starttls" }), options);
    expect(course(stripped)).toMatch(/Greeting ok, TLS failed/);
    await plain.close();
    const expired = await startScriptedSmtp({}, { bedDir: bed.dir, certificate: "expired" });
    const bad = await probeSmtp(smtp({ port: expired.port }), options);
    expect(factOf(bad, "Certificate")).toBe("Ended on 2021-01-01");
    await expired.close();
  });

  it("passes on that a server turns everybody away", async () => {
    const busy = await startLineServer("554 5.7.1 no service for you\r\n", () => null);
    const result = await probeSmtp(smtp({ port: busy.port, security: "none" }), options);
    expect(course(result)).toMatch(/Greeting failed/);
    expect(result.failure?.serverSaid).toContain("no service for you");
    await busy.close();
  });
});
