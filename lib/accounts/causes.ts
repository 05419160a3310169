import { dateWords } from "../date-words";
import type { EmailAccount } from "../db/generated/client";
import type { AccountHealth } from "./health";

/** What people call the trouble: the words of the set-up guide's troubleshooting. */
export type Problem =
  | "IMAP connection test failed"
  | "Polling Enabled but no tickets created"
  | "Last polled: Never"
  | "Last polled: old timestamp"
  | "Emails Creating Duplicate Tickets"
  | "Replies Not Linking to Original Ticket"
  | "Cannot enable polling for inactive account"
  | "IMAP test works but polling doesn't"
  | "Polling stopped working";

/** Where a cause is mended or looked at; the page makes an address of it. */
export type CauseLink =
  | { to: "ticket"; number: number }
  | { to: "mail"; status: "HELD" | "QUARANTINED" | "DUPLICATE" | "IGNORED" }
  | { to: "edit" };

/**
 * Why an account does not do what its admin expects, and what to do. `failing`: the last polls
 * failed; `act`: an admin has to decide something; `stopped`: nothing is polled, or late; `note`: as
 * it should be, and good to know for whoever misses a ticket.
 */
export type Cause = {
  weight: "failing" | "act" | "stopped" | "note";
  problems: Problem[];
  cause: string;
  fix: string;
  links: CauseLink[];
};

/** A ticket of its own that a mail opened though it looks like an answer, and why it did. */
export type LoneReply = {
  number: number;
  why: "stranger" | "closed" | "unknown" | "no-header";
};

export type CauseFacts = {
  account: Pick<
    EmailAccount,
    | "email"
    | "folder"
    | "isActive"
    | "pollingEnabled"
    | "lastPolledAt"
    | "startMode"
    | "startFrom"
    | "lastErrorKind"
    | "consecutiveFailures"
    | "afterImportError"
  >;
  health: AccountHealth;
  /** EMAIL_POLLING_ENABLED of the web process itself. */
  isOnHere: boolean;
  hasWorker: boolean;
  /** When it was last deactivated, or its polling disabled, as far as the audit log knows. */
  stoppedAt: Date | null;
  sharedWith: string[];
  /** Mails in the folder at the last poll that succeeded; null when none has. */
  folderMails: number | null;
  /** Mails of the last 7 days' polls left out because they came before the start. */
  skipped: number;
  hasReceived: boolean;
  /** The receipts of the last 7 days. */
  week: {
    total: number;
    duplicates: number;
    own: number;
    loops: number;
    held: number;
    quarantined: number;
  };
  /** Tickets that hold the duplicates' first copies, and the account that brought each. */
  firstCopies: { number: number; email: string | null }[];
  loneReplies: LoneReply[];
  /** Groups of tickets opened by different mails with the same subject and words. */
  twins: number[][];
};

const LINKS_MAX = 3;

/** The causes of one account, what matters most first; none for a healthy account with mail. */
export function causesOf(facts: CauseFacts): Cause[] {
  const stopped = whyNotPolled(facts);
  return [
    stopped,
    sharedInbox(facts),
    notDoneOnServer(facts),
    waiting(facts, "held"),
    waiting(facts, "quarantined"),
    stopped ? null : whyNoMail(facts),
    loneReplies(facts),
    twins(facts),
    duplicates(facts),
    ignored(facts),
  ].filter((cause) => cause !== null);
}

function whyNotPolled(facts: CauseFacts): Cause | null {
  const { account, health } = facts;
  const hasPolled = account.lastPolledAt !== null;
  const silent: Problem = hasPolled ? "Polling stopped working" : "Last polled: Never";
  if (!account.isActive) return inactive(facts, silent);
  if (health.state === "reconnect") return failing(facts, ["IMAP connection test failed", silent]);
  if (!account.pollingEnabled) return notEnabled(facts);
  const stopped = (cause: string, fix: string, problems: Problem[] = []): Cause => ({
    ...{ weight: "stopped", cause, fix, links: [] },
    problems: [...problems, silent, "IMAP test works but polling doesn't"],
  });
  switch (health.state) {
    case "polling-off-globally":
      return facts.isOnHere
        ? stopped(
            "Every worker runs with EMAIL_POLLING_ENABLED=false, so no account is polled.",
            "Set EMAIL_POLLING_ENABLED=true where the workers run and restart them.",
          )
        : stopped(
            "EMAIL_POLLING_ENABLED is false on this server, so no account is polled.",
            "Set EMAIL_POLLING_ENABLED=true and restart. Testing works without it.",
          );
    case "needs-password":
    case "failing":
      return failing(facts, ["IMAP connection test failed", silent]);
    case "starting":
      return {
        ...{ weight: "note", problems: ["Last polled: Never"], links: [] },
        cause: "The first poll is on its way.",
        fix: "Wait a moment: this page shows it by itself.",
      };
    default:
  }
  const old: Problem = hasPolled ? "Last polled: old timestamp" : "Last polled: Never";
  if (account.consecutiveFailures > 0) return failing(facts, [old]);
  if (!facts.hasWorker) {
    return stopped(
      "No worker is running, and only a worker polls. Test IMAP works without one.",
      "Start it with `npm run start:worker`.",
    );
  }
  if (health.state !== "delayed") return null;
  return {
    ...{ weight: "stopped", problems: [old], links: [] },
    cause: health.sentence,
    fix: health.fix ?? "",
  };
}

function inactive({ account, stoppedAt }: CauseFacts, silent: Problem): Cause {
  const since = stoppedAt ? ` since ${dateWords(stoppedAt)}` : "";
  const cause = `This account is inactive${since}: it is neither polled nor used for sending.`;
  if (account.pollingEnabled) {
    return {
      ...{ weight: "stopped", cause, links: [{ to: "edit" }] },
      problems: [silent, "Polling Enabled but no tickets created"],
      fix: "Edit it and tick Active. Polling then goes on where it stopped.",
    };
  }
  return {
    ...{ weight: "note", cause, links: [{ to: "edit" }] },
    problems: ["Cannot enable polling for inactive account", silent],
    fix: "Edit it and tick Active first, then press Enable Polling.",
  };
}

function notEnabled({ account, stoppedAt }: CauseFacts): Cause {
  const hasPolled = account.lastPolledAt !== null;
  const since = hasPolled && stoppedAt ? ` since ${dateWords(stoppedAt)}` : "";
  return {
    ...{ weight: "note", links: [] },
    problems: [
      hasPolled ? "Polling stopped working" : "Last polled: Never",
      "IMAP test works but polling doesn't",
    ],
    cause: `Polling is not enabled for this account${since}: being active alone is not enough.`,
    fix: "Press Enable Polling. The test works without either.",
  };
}

function failing({ account, health }: CauseFacts, problems: Problem[]): Cause {
  const isAuth = account.lastErrorKind === "auth";
  const slow = "It is tried more and more slowly so that the mailbox is not locked; ";
  const renewing = health.state === "reconnect" ? "signing in again" : "saving a new password";
  const next = isAuth ? `${slow}${renewing}, or Poll now, tries at once.` : "";
  return {
    ...{ weight: "failing", problems, links: [] },
    cause: health.sentence,
    fix: [health.fix, next].filter(Boolean).join(" "),
  };
}

function sharedInbox({ sharedWith }: CauseFacts): Cause | null {
  if (sharedWith.length === 0) return null;
  return {
    ...{ weight: "act", problems: ["Emails Creating Duplicate Tickets"], links: [] },
    cause: `This inbox is also read by ${sharedWith.join(", ")}.`,
    fix:
      "Both sign in to the same inbox, so each mail is fetched twice and which account it belongs " +
      "to is left to chance. Disable polling for all but one of them.",
  };
}

/** Mails are imported all the same. */
function notDoneOnServer({ account: { afterImportError } }: CauseFacts): Cause | null {
  if (afterImportError === null) return null;
  return {
    ...{ weight: "act", problems: [], links: [{ to: "edit" }] },
    cause: "Mail becomes tickets, but what should be done with it on the server afterwards fails.",
    fix: afterImportError,
  };
}

function waiting({ week }: CauseFacts, what: "held" | "quarantined"): Cause | null {
  const count = week[what];
  if (count === 0) return null;
  const common = {
    weight: "act" as const,
    problems: ["Polling Enabled but no tickets created" as const],
  };
  return what === "held"
    ? {
        ...common,
        cause: `${mails(count)} of the last 7 days ${count === 1 ? "is" : "are"} on hold: a folder that was reset, or one sender, brought in more at once than is likely.`,
        fix: "Look at what is on hold and take in what should become tickets.",
        links: [{ to: "mail", status: "HELD" }],
      }
    : {
        ...common,
        cause: `${mails(count)} of the last 7 days could not be read and ${count === 1 ? "is" : "are"} in quarantine.`,
        fix: "Nothing is lost: look at the reason there and try again.",
        links: [{ to: "mail", status: "QUARANTINED" }],
      };
}

/** Polls go well and bring nothing: is there anything, and may it be read? */
function whyNoMail({ account, folderMails, skipped, hasReceived, week }: CauseFacts): Cause | null {
  if (folderMails === null || week.total > 0) return null;
  const { email, folder, startFrom } = account;
  const note = (cause: string, fix: string): Cause => ({
    ...{ weight: "note", problems: ["Polling Enabled but no tickets created"], cause, fix },
    links: [{ to: "edit" }],
  });
  if (folderMails === 0) {
    return note(
      `Polls work, and ${folder} is empty: no mail has arrived there.`,
      `Send a mail to ${email}. If a mail program shows it elsewhere, a rule moved it: let it stay in ${folder}, or change Folder.`,
    );
  }
  const older = hasReceived ? skipped : folderMails;
  if (account.startMode !== "all" && startFrom && older > 0) {
    return note(
      `${mails(older)} in ${folder} ${older === 1 ? "is" : "are"} older than ${dateWords(startFrom)}, where this account starts.`,
      "Mail that comes now becomes tickets. Where an account starts is chosen before its first poll: for the older mail, delete the account and add it again with another Start from. Its tickets stay.",
    );
  }
  return note(
    `Polls work, and nothing new has arrived in ${folder} in the last 7 days.`,
    `Look for the mail with a mail program: a rule or the spam filter may have moved it out of ${folder}.`,
  );
}

const WHY_ALONE: Record<LoneReply["why"], string> = {
  stranger: "the sender takes no part in the ticket it names",
  closed: "the ticket it answers is closed or deleted",
  unknown: "the mail it answers never came through Mailroom",
  "no-header": "it has no In-Reply-To header, so it only looks like a reply",
};

function loneReplies({ loneReplies: replies }: CauseFacts): Cause | null {
  if (replies.length === 0) return null;
  const reasons = [...new Set(replies.map((reply) => WHY_ALONE[reply.why]))];
  const many = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  const own = replies.length === 1 ? "its own ticket" : "their own ticket";
  return {
    ...{ weight: "note", problems: ["Replies Not Linking to Original Ticket"] },
    cause: `${many} of the last 7 days opened ${own}: ${reasons.join("; ")}.`,
    fix: "Open the ticket: it says why, and can be merged into the right one.",
    links: tickets(replies.map((reply) => reply.number)),
  };
}

function twins({ twins: groups }: CauseFacts): Cause | null {
  const [first] = groups;
  if (!first) return null;
  return {
    ...{ weight: "note", problems: ["Emails Creating Duplicate Tickets"] },
    cause:
      "Tickets of the last 7 days have the same words, but came as different mails with a Message-ID each: sent twice, or forwarded as a new mail.",
    fix: "Merge them. If a rule forwards the mail, let it redirect instead: that keeps the Message-ID.",
    links: tickets(first),
  };
}

function duplicates({ week, firstCopies }: CauseFacts): Cause | null {
  if (week.duplicates === 0) return null;
  const others = [...new Set(firstCopies.flatMap((copy) => copy.email ?? []))];
  const through = others.length > 0 ? `, through ${others.join(", ")}` : "";
  return {
    weight: "note",
    problems: ["Emails Creating Duplicate Tickets", "Polling Enabled but no tickets created"],
    cause: `${mails(week.duplicates)} of the last 7 days had come before${through}, and opened no second ticket.`,
    fix: "The first copy is on its ticket. The same mail may have been sent to several addresses, or forwarded more than once.",
    links: [
      ...tickets(firstCopies.map((copy) => copy.number)),
      { to: "mail", status: "DUPLICATE" },
    ],
  };
}

function ignored({ week }: CauseFacts): Cause | null {
  if (week.own + week.loops === 0) return null;
  const parts = [
    week.own > 0 && `${mails(week.own)} of our own came back`,
    week.loops > 0 && `${mails(week.loops)} went in circles between two robots`,
  ].filter((part) => part !== false);
  return {
    ...{ weight: "note", problems: ["Polling Enabled but no tickets created"] },
    cause: `In the last 7 days ${parts.join(" and ")}, and opened no ticket.`,
    fix: "That is as it should be. To try it out, write from an address that is not connected here.",
    links: [{ to: "mail", status: "IGNORED" }],
  };
}

function tickets(numbers: number[]): CauseLink[] {
  return [...new Set(numbers)].slice(0, LINKS_MAX).map((number) => ({ to: "ticket", number }));
}

function mails(count: number): string {
  return count === 1 ? "1 mail" : `${count.toLocaleString("en-US")} mails`;
}
