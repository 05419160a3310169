import { describe, expect, it } from "vitest";
import type { DryRun } from "@/lib/accounts/dry-run";
import { seenAt, sizeSeen } from "@/lib/accounts/size-seen";
import type { ProbeResult } from "@/lib/transport/probe";
import { diagnosticsText } from "./diagnostics-text";
import { drySentence } from "./dry-sentence";
import { offeredWay } from "./offered-way";

const none = { ticket: 0, reply: 0, automatic: 0, known: 0, own: 0, unreadable: 0 };

const dryRun = (fields: Partial<DryRun>): DryRun => ({
  ...{ ok: true, since: null, isOnlyShown: false, folder: "INBOX", found: 0, looked: 0 },
  ...{ counts: none, automaticTickets: 0, mails: [], ms: 1 },
  ...fields,
});

describe("the sentence of a dry run", () => {
  it.each<[Partial<DryRun>, string]>([
    [
      {
        ...{ isOnlyShown: true, since: "2026-10-28T00:00:00Z", looked: 37 },
        counts: { ...none, ticket: 31, reply: 4, automatic: 2 },
      },
      "Of the last 30 days 37 mails would make 31 tickets, 4 would be answers, 2 are automatic.",
    ],
    [
      { looked: 1, counts: { ...none, ticket: 1 } },
      "Of all mail in INBOX 1 mail would make 1 ticket.",
    ],
    [
      {
        ...{ since: "2026-05-01T00:00:00Z", looked: 5 },
        counts: { ticket: 0, reply: 1, automatic: 1, known: 1, own: 1, unreadable: 1 },
      },
      "Since 2026-05-01 5 mails would make 0 tickets, 1 would be an answer, 1 is automatic, 1 is known already, 1 is our own, 1 can’t be read.",
    ],
    [{ isOnlyShown: true }, "There is no mail of the last 30 days."],
    [{}, "There is no mail to take in."],
  ])("%#: says what the mails would become", (fields, sentence) => {
    expect(drySentence(dryRun(fields))).toBe(sentence);
  });
});

describe("diagnostics to copy", () => {
  const report: ProbeResult = {
    ...{ ok: false, headline: "IMAP connection test failed", totalMs: 1234, sizeMax: null },
    server: {
      ...{ protocol: "imap", host: "mail.example.com", port: 143, security: "tls" },
      username: "support@example.com",
    },
    stages: [
      { name: "DNS", state: "ok", fact: "mail.example.com → 192.0.2.1", ms: 4 },
      { name: "TLS", state: "failed", fact: "It does not speak TLS", ms: 12 },
      { name: "Sign-in", state: "skipped", fact: "Not tried", ms: 0 },
    ],
    failure: { cause: "It does not speak TLS.", fix: "Try 993.", serverSaid: "hm", kind: "config" },
    otherWay: { port: 143, security: "starttls" },
    log: [
      { ms: 3, from: "us", text: "a1 CAPABILITY" },
      { ms: 5, from: "server", text: "* OK" },
    ],
  };

  it("hold the steps, the cause, what works instead, and the log", () => {
    expect(diagnosticsText(report, new Date("2026-11-27T10:00:00Z"))).toBe(
      [
        "IMAP connection test failed (1.23 s, 2026-11-27T10:00:00.000Z)",
        "IMAP mail.example.com, port 143, SSL/TLS, user support@example.com",
        "",
        "ok       DNS               4 ms  mail.example.com → 192.0.2.1",
        "failed   TLS              12 ms  It does not speak TLS",
        "skipped  Sign-in                 Not tried",
        "",
        "Cause: It does not speak TLS.",
        "Fix: Try 993.",
        "The server said: hm",
        "This works instead: port 143 with STARTTLS",
        "",
        "Protocol log (C: Mailroom, S: the server; passwords and tokens are left out)",
        "     3 ms  C: a1 CAPABILITY",
        "     5 ms  S: * OK",
        "",
      ].join("\n"),
    );
  });
});

describe("another port and encryption in the form's address", () => {
  it.each([
    ["imap-143-starttls", { imapPort: "143", imapSecurity: "starttls" }],
    ["smtp-465-tls", { smtpPort: "465", smtpSecurity: "tls" }],
    ["imap-143-none", {}],
    ["imap-0-tls", {}],
    ["imap-143-tls;x", {}],
    [undefined, {}],
    [["imap-143-tls", "imap-1-tls"], {}],
  ])("%j fills in only what it may", (use, fields) => {
    expect(offeredWay(use)).toEqual(fields);
  });
});

describe("the size a test has seen", () => {
  const server = { host: "smtp.example.com", port: 587 };
  const saved = { smtpHost: "smtp.example.com", smtpPort: 587 };

  it("belongs to its server, and to no other", () => {
    const seen = sizeSeen(server, 31_457_280);
    expect(seenAt(seen, saved)).toBe(31_457_280);
    expect(seenAt(seen, { ...saved, smtpPort: 465 })).toBeNull();
    expect(seenAt(seen, { ...saved, smtpHost: "other.example.com" })).toBeNull();
  });

  it("is nothing where the server names none, or the field holds something else", () => {
    for (const seen of [sizeSeen(server, null), "", "smtp.example.com 587", "a b c d"])
      expect(seenAt(seen, saved)).toBeNull();
    expect(seenAt("smtp.example.com 587 9999999999", saved)).toBe(2_147_483_647);
  });
});
