import { describe, expect, it } from "vitest";
import { type CauseFacts, causesOf } from "./causes";
import type { AccountHealth, HealthState } from "./health";

const START = new Date("2026-11-19T16:40:00Z");
const STOP = new Date("2026-11-20T08:05:00Z");
const NO_MAIL = { total: 0, duplicates: 0, own: 0, loops: 0, held: 0, quarantined: 0 };

const health = (state: HealthState, sentence = "", fix: string | null = null): AccountHealth => ({
  ...{ state, label: state, sentence, fix },
});

const healthy: CauseFacts = {
  account: {
    ...{ email: "support@desk.example", folder: "INBOX", isActive: true, pollingEnabled: true },
    ...{ lastPolledAt: STOP, startMode: "now", startFrom: START, lastErrorKind: null },
    ...{ consecutiveFailures: 0, afterImportError: null },
  },
  health: health("healthy"),
  ...{ isOnHere: true, hasWorker: true, stoppedAt: null, sharedWith: [] },
  ...{ folderMails: 4, skipped: 0, hasReceived: true, week: { ...NO_MAIL, total: 3 } },
  ...{ firstCopies: [], loneReplies: [], twins: [] },
};

type Change = Partial<Omit<CauseFacts, "account" | "week">> & {
  account?: Partial<CauseFacts["account"]>;
  week?: Partial<CauseFacts["week"]>;
};

const causes = ({ account, week, ...facts }: Change) =>
  causesOf({
    ...healthy,
    ...facts,
    account: { ...healthy.account, ...account },
    week: { ...healthy.week, ...week },
  });

const never = { lastPolledAt: null };
const quiet = { week: NO_MAIL, hasReceived: false };

describe("the causes of an account's trouble", () => {
  it("are none while polls arrive on time and mail becomes tickets", () => {
    expect(causes({})).toEqual([]);
    expect(causes({ skipped: 5 })).toEqual([]);
  });

  it.each<[string, Change, string, RegExp, RegExp]>([
    [
      "inactive, polling still ticked",
      { account: { isActive: false }, stoppedAt: STOP, health: health("paused") },
      "Polling stopped working",
      /inactive since 20 Nov 2026, 08:05 UTC/,
      /tick Active/,
    ],
    [
      "inactive, polling never enabled",
      { account: { isActive: false, pollingEnabled: false, ...never }, health: health("paused") },
      "Cannot enable polling for inactive account",
      /inactive: it is neither polled/,
      /tick Active first/,
    ],
    [
      "not enabled",
      { account: { pollingEnabled: false, ...never }, health: health("paused") },
      "IMAP test works but polling doesn't",
      /not enabled for this account: being active alone is not enough/,
      /Press Enable Polling/,
    ],
    [
      "disabled",
      { account: { pollingEnabled: false }, stoppedAt: STOP, health: health("paused") },
      "Polling stopped working",
      /not enabled for this account since 20 Nov 2026/,
      /Press Enable Polling/,
    ],
    [
      "switched off for the web process",
      { isOnHere: false, health: health("polling-off-globally") },
      "IMAP test works but polling doesn't",
      /EMAIL_POLLING_ENABLED is false on this server/,
      /EMAIL_POLLING_ENABLED=true and restart/,
    ],
    [
      "switched off at every worker",
      { health: health("polling-off-globally") },
      "Polling stopped working",
      /Every worker runs with EMAIL_POLLING_ENABLED=false/,
      /where the workers run/,
    ],
    [
      "without a worker, never polled",
      { account: never, hasWorker: false, health: health("never") },
      "Last polled: Never",
      /No worker is running/,
      /npm run start:worker/,
    ],
    [
      "without a worker any more",
      { hasWorker: false, health: health("delayed", "No worker is running.") },
      "Polling stopped working",
      /No worker is running/,
      /npm run start:worker/,
    ],
    [
      "just enabled",
      { account: never, health: health("starting") },
      "Last polled: Never",
      /first poll is on its way/,
      /Wait a moment/,
    ],
    [
      "late",
      { health: health("delayed", "The poll is 6 minutes late.", "The worker may be busy.") },
      "Last polled: old timestamp",
      /6 minutes late/,
      /may be busy/,
    ],
    [
      "failing for the first time",
      {
        account: { consecutiveFailures: 1, lastErrorKind: "transient" },
        health: health("delayed", "Nothing answers.", "Wait."),
      },
      "Last polled: old timestamp",
      /^Nothing answers\.$/,
      /^Wait\.$/,
    ],
    [
      "refused",
      {
        account: { lastErrorKind: "auth", consecutiveFailures: 1 },
        health: health("needs-password", "It refused this password.", "Check both."),
      },
      "IMAP connection test failed",
      /refused this password/,
      /Check both\. It is tried more and more slowly/,
    ],
    [
      "failing for another reason",
      { account: never, health: health("failing", "There is no folder “X”.", "Check it.") },
      "Last polled: Never",
      /no folder “X”/,
      /^Check it\.$/,
    ],
    [
      "read twice",
      { sharedWith: ["sales@desk.example"] },
      "Emails Creating Duplicate Tickets",
      /also read by sales@desk\.example/,
      /Disable polling for all but one/,
    ],
    [
      "with mail on hold",
      { week: { held: 2 } },
      "Polling Enabled but no tickets created",
      /^2 mails of the last 7 days are on hold/,
      /take in/,
    ],
    [
      "with mail in quarantine",
      { week: { quarantined: 1 } },
      "Polling Enabled but no tickets created",
      /^1 mail of the last 7 days could not be read and is in quarantine/,
      /Nothing is lost/,
    ],
    [
      "of an empty folder",
      { ...quiet, folderMails: 0 },
      "Polling Enabled but no tickets created",
      /INBOX is empty/,
      /Send a mail to support@desk\.example/,
    ],
    [
      "with nothing but old mail",
      { ...quiet, folderMails: 12 },
      "Polling Enabled but no tickets created",
      /^12 mails in INBOX are older than 19 Nov 2026, 16:40 UTC, where this account starts/,
      /another Start from/,
    ],
    [
      "with no new mail for a week",
      { week: NO_MAIL },
      "Polling Enabled but no tickets created",
      /nothing new has arrived in INBOX/,
      /spam filter/,
    ],
    [
      "whose replies opened tickets",
      {
        loneReplies: [
          { number: 7, why: "stranger" },
          { number: 8, why: "closed" },
          { number: 9, why: "unknown" },
          { number: 10, why: "no-header" },
        ],
      },
      "Replies Not Linking to Original Ticket",
      /^4 replies of the last 7 days opened their own ticket: .*takes no part.*closed.*never came.*In-Reply-To/,
      /merged/,
    ],
    [
      "with twins",
      { twins: [[3, 4]] },
      "Emails Creating Duplicate Tickets",
      /different mails with a Message-ID each/,
      /redirect/,
    ],
    [
      "with duplicates",
      { week: { duplicates: 2 }, firstCopies: [{ number: 5, email: "sales@desk.example" }] },
      "Emails Creating Duplicate Tickets",
      /^2 mails of the last 7 days had come before, through sales@desk\.example/,
      /first copy is on its ticket/,
    ],
    [
      "with mail that came back",
      { week: { own: 1, loops: 2 } },
      "Polling Enabled but no tickets created",
      /1 mail of our own came back and 2 mails went in circles/,
      /not connected here/,
    ],
  ])("of one that is %s", (_state, facts, problem, cause, fix) => {
    const [found, ...rest] = causes(facts);
    expect(rest).toEqual([]);
    expect(found?.problems).toContain(problem);
    expect(found?.cause).toMatch(cause);
    expect(found?.fix).toMatch(fix);
  });

  it("come with what stops polling first, and lead to tickets and lists", () => {
    const found = causes({
      ...{ hasWorker: false, health: health("delayed", "No worker is running.") },
      week: { quarantined: 1, duplicates: 9 },
      firstCopies: [5, 5, 6, 7, 8].map((number) => ({ number, email: null })),
    });
    expect(found.map((cause) => cause.weight)).toEqual(["stopped", "act", "note"]);
    expect(found[1]?.links).toEqual([{ to: "mail", status: "QUARANTINED" }]);
    expect(found[2]?.links).toEqual([
      { to: "ticket", number: 5 },
      { to: "ticket", number: 6 },
      { to: "ticket", number: 7 },
      { to: "mail", status: "DUPLICATE" },
    ]);
  });

  it("count only the mails left out of later polls once something was read", () => {
    const [found] = causes({ week: NO_MAIL, skipped: 2, folderMails: 40 });
    expect(found?.cause).toMatch(/^2 mails in INBOX are older/);
  });
});
