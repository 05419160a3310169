import { isDeepStrictEqual } from "node:util";
import { smtpServerOf } from "../accounts/servers";
import { keptSize } from "../accounts/size-seen";
import { keepSmtpSize } from "../accounts/smtp-size";
import { crashpoint } from "../crashpoint";
import { db } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { env } from "../env";
import { messageOf } from "../errors";
import { log, oneLine } from "../log";
import type { ComposedMail } from "../mail/compose";
import { MailError } from "../transport/mail-error";
import type { ServerSettings } from "../transport/server-settings";
import { type SentMail, SmtpSender } from "../transport/smtp";
import { type Recipient, recipientsSchema } from "./bounce";
import { composeDelivery, Unsendable } from "./compose-delivery";
import {
  type Claimant,
  type ClaimedDelivery,
  claimDelivery,
  type DeliveryEnd,
  finishAndClaim,
  finishDelivery,
  markAbandoned,
  renewDelivery,
} from "./delivery-claims";
import { mailsPerMinuteOf } from "./rate-limit";
import { isInSent } from "./sent-copies";

export type DeliveryPass = { sent: number; retried: number; failed: number; unknown: number };

/** How soon a delivery looks again whether its account is active; such a look counts as no try. */
const INACTIVE_WAIT_SECONDS = 60;

/** The same for an account that nobody is signed in for; "Reconnect" makes it due at once. */
const SIGN_IN_WAIT_SECONDS = 300;

/** How long a mail that is being sent may take once the worker stops: less than a stop may. */
const STOP_GRACE_MS = 5_000;

/** Mails of one account in a row, before the others have their turn. */
const IN_A_ROW_MAX = 100;

/** A server that could not be reached or signed in to hears the next try no sooner. */
const REST_MS = 2_000;

/** A try that had no answer was accepted after all: the provider has kept its copy of the mail. */
const FOUND_IN_SENT = { accepted: [], rejected: [], response: "A copy is in the Sent folder." };

/** What several passes of one process share. */
export type Passes = {
  /** Until when accounts rest, by this process's clock. */
  resting: Map<string, number>;
  /** Called when a pass has claimed its first mail, and when that is sent: there may be more. */
  onWork: () => void;
};

/**
 * One pass over due outbound mail, one after the other: each is marked SENDING before anything of it
 * is sent, sent, and its answer classified. A try that ended without an answer is UNKNOWN, and tried
 * once more. An account's mails go over one connection as long as all is well. Several passes may run
 * at once.
 */
export async function deliverDue(
  owner: string,
  signal?: AbortSignal,
  { resting, onWork }: Passes = { resting: new Map(), onWork: () => undefined },
): Promise<DeliveryPass> {
  const pass: DeliveryPass = { sent: 0, retried: 0, failed: 0, unknown: 0 };
  const claimant = { owner, leaseSeconds: env().WORKER_LEASE_SECONDS };
  await markAbandoned(claimant.leaseSeconds);
  for (let isFirst = true; !signal?.aborted; ) {
    const now = performance.now();
    for (const [id, until] of resting) if (until <= now) resting.delete(id);
    const delivery = await claimDelivery(claimant, [...resting.keys()]);
    if (!delivery) break;
    if (isFirst) onWork();
    const row = new Row(claimant, signal);
    for await (const end of row.deliver(delivery)) {
      pass[countedAs(end)]++;
      if (isFirst) onWork();
      isFirst = false;
    }
    if (row.needsRest && delivery.accountId)
      resting.set(delivery.accountId, performance.now() + REST_MS);
  }
  return pass;
}

function countedAs({ status }: DeliveryEnd): keyof DeliveryPass {
  if (status === "SENT") return "sent";
  if (status === "FAILED") return "failed";
  return status === "UNKNOWN" ? "unknown" : "retried";
}

/** Mails of one account, sent one after the other over one connection. */
class Row {
  private sender: SmtpSender | null = null;
  private readonly accounts = new Accounts();
  private readonly calledOff = new AbortController();
  /** The server could not be reached, or took no sign-in. */
  needsRest = false;

  constructor(
    private readonly claimant: Claimant,
    private readonly stopping: AbortSignal | undefined,
  ) {}

  /** Delivers this one, and what else of its account is due, until one does not go well. */
  async *deliver(first: ClaimedDelivery): AsyncGenerator<DeliveryEnd> {
    // A server that says nothing must not keep a stopping worker, nor leave its lease behind.
    const onStop = () => setTimeout(() => this.calledOff.abort(), STOP_GRACE_MS).unref();
    this.stopping?.addEventListener("abort", onStop);
    try {
      let delivery: ClaimedDelivery | null = first;
      for (let n = 1; delivery; n++) {
        crashpoint("deliver.claimed");
        const end = await this.attempt(delivery);
        const next = await this.finish(delivery, end, n < IN_A_ROW_MAX);
        crashpoint("deliver.finished");
        yield end;
        delivery = next;
      }
    } finally {
      this.sender?.close();
      this.stopping?.removeEventListener("abort", onStop);
    }
  }

  /** @returns the next one of the account, claimed in the same commit. */
  private async finish(
    delivery: ClaimedDelivery,
    end: DeliveryEnd,
    mayGoOn: boolean,
  ): Promise<ClaimedDelivery | null> {
    const { accountId } = delivery;
    if (mayGoOn && this.sender && end.status === "SENT" && accountId && !this.stopping?.aborted)
      return finishAndClaim(delivery, end, {
        ...{ claimant: this.claimant, accountId },
        mailsPerMinute: this.accounts.mailsPerMinute(accountId),
      });
    await finishDelivery(delivery, end);
    return null;
  }

  private async attempt(delivery: ClaimedDelivery): Promise<DeliveryEnd> {
    const { leaseSeconds } = this.claimant;
    const beat = setInterval(
      () => renewDelivery(delivery, leaseSeconds).catch(() => undefined),
      (leaseSeconds * 1000) / 3,
    );
    try {
      return await attempt(delivery, {
        accounts: this.accounts,
        signal: this.calledOff.signal,
        send: (account, mail) => this.send(account, mail),
      });
    } finally {
      clearInterval(beat);
    }
  }

  private async send(account: EmailAccount, mail: ComposedMail): Promise<SentMail> {
    const sender = this.senderTo(smtpServerOf(account));
    try {
      return await sender.send(mail);
    } catch (error) {
      this.needsRest = sender.foundNoServer;
      throw isForWantOfToken(account, error) ? new NotSignedIn(error) : error;
    } finally {
      if (!sender.foundNoServer) await rememberSize(account, sender.sizeMax);
    }
  }

  /** The one of the mail before, unless the account has other settings by now. */
  private senderTo(server: ServerSettings): SmtpSender {
    if (this.sender && isDeepStrictEqual(this.sender.server, server)) return this.sender;
    this.sender?.close();
    const { signal } = this.calledOff;
    const allowedHosts = env().EMAIL_ALLOWED_PRIVATE_HOSTS;
    this.sender = new SmtpSender(server, { allowedHosts, signal });
    return this.sender;
  }
}

/** Keeps how large a mail the account's server takes. */
async function rememberSize(account: EmailAccount, sizeMax: number | null): Promise<void> {
  const kept = keptSize(sizeMax);
  if (kept === account.smtpSizeMax) return;
  await keepSmtpSize(account.id, kept).catch((error: unknown) =>
    log.warn(`The size that ${account.email} takes was not kept: ${messageOf(error)}`),
  );
  account.smtpSizeMax = kept;
}

class AccountInactive extends Error {
  constructor(email: string) {
    super(`${email} is not active, so nothing is sent from it.`);
  }
}

/** No token was to be had, or the server takes none: the mail is not to blame, and waits. */
class NotSignedIn extends Error {
  constructor(readonly reason: MailError) {
    super(reason.message);
  }
}

function isForWantOfToken(account: EmailAccount, error: unknown): error is MailError {
  if (account.grantId === null || !(error instanceof MailError)) return false;
  return error.code.startsWith("EOAUTH") || error.kind === "auth";
}

/** Accounts as they were read, until an admin changes one. */
class Accounts {
  private readonly read = new Map<string, EmailAccount>();

  /** The account a delivery leaves from. While it is inactive the delivery waits; deleted, it fails. */
  async of({ accountId, accountUpdatedAt }: ClaimedDelivery): Promise<EmailAccount> {
    const known = accountId && this.read.get(accountId);
    if (known && known.updatedAt.getTime() === accountUpdatedAt?.getTime()) return known;
    const account = accountId
      ? await db().prisma.emailAccount.findUnique({ where: { id: accountId } })
      : null;
    if (!account)
      throw new MailError({
        kind: "permanent",
        code: "EACCOUNT",
        cause: "The email account this was to leave from has been deleted.",
        fix: "Write the answer again: it then leaves from the default account.",
        serverSaid: null,
      });
    if (!account.isActive) throw new AccountInactive(account.email);
    this.read.set(account.id, account);
    return account;
  }

  /** How many mails the server it was last sent over lets leave in a minute; null without a limit. */
  mailsPerMinute(accountId: string): number | null {
    return mailsPerMinuteOf(this.read.get(accountId)?.smtpHost ?? "");
  }
}

type Means = {
  accounts: Accounts;
  signal: AbortSignal;
  send: (account: EmailAccount, mail: ComposedMail) => Promise<SentMail>;
};

async function attempt(
  delivery: ClaimedDelivery,
  { accounts, signal, send }: Means,
): Promise<DeliveryEnd> {
  const recipients = recipientsSchema.parse(delivery.recipients);
  const waiting = recipients.filter(({ status }) => status === "queued" || status === "deferred");
  // A report that came back for an unanswered try has said of everybody what became of it.
  if (waiting.length === 0)
    return { status: "SENT", recipients, response: null, error: null, fix: null };
  try {
    const account = await accounts.of(delivery);
    if (delivery.unknowns > 0 && (await isInSent(account, delivery.messageId, signal)))
      return endOfSent(delivery, recipients, FOUND_IN_SENT);
    const mail = await composeDelivery(
      delivery,
      account,
      waiting.map(({ address }) => address),
    );
    crashpoint("deliver.composed");
    const sent = await send(account, mail);
    crashpoint("deliver.sent");
    return endOfSent(delivery, recipients, sent);
  } catch (error) {
    return endOfError(delivery, recipients, error instanceof Unsendable ? refused(error) : error);
  }
}

/** What can't be put together today can't be tomorrow either: the agent is told at once. */
function refused({ message, fix }: Unsendable): MailError {
  return new MailError({
    ...{ kind: "permanent", code: "ECOMPOSE", serverSaid: null },
    ...{ cause: message, fix },
  });
}

function endOfSent(
  delivery: ClaimedDelivery,
  recipients: Recipient[],
  sent: SentMail,
): DeliveryEnd {
  const refused = new Map(
    sent.rejected.map((rejection) => [rejection.address.toLowerCase(), rejection]),
  );
  const after = recipients.map((recipient): Recipient => {
    if (recipient.status !== "queued" && recipient.status !== "deferred") return recipient;
    const rejection = refused.get(recipient.address.toLowerCase());
    if (!rejection) return { ...recipient, status: "accepted", response: sent.response };
    return {
      ...recipient,
      status: rejection.permanent ? "refused" : "deferred",
      response: rejection.response,
    };
  });
  const isWaiting = after.some(({ status }) => status === "deferred") && !delivery.isTooLate;
  const refusals = after.filter(({ status }) => status === "refused" || status === "deferred");
  return {
    status: isWaiting ? "QUEUED" : "SENT",
    recipients: after,
    response: sent.response,
    error: refusals.length
      ? `Not accepted for ${refusals.map(({ address }) => address).join(", ")}`
      : null,
    fix: null,
  };
}

function endOfWaiting(
  delivery: ClaimedDelivery,
  recipients: Recipient[],
  { reason }: NotSignedIn,
): DeliveryEnd {
  const error = oneLine(reason.message);
  log.warn(`Sending ${delivery.messageId} waits: ${error}`);
  return {
    ...{ status: "QUEUED", recipients, response: reason.response, error, fix: reason.fix },
    ...{ waitSeconds: SIGN_IN_WAIT_SECONDS, stopsClock: true },
  };
}

function endOfError(
  delivery: ClaimedDelivery,
  recipients: Recipient[],
  error: unknown,
): DeliveryEnd {
  const cause = oneLine(messageOf(error));
  if (error instanceof NotSignedIn) return endOfWaiting(delivery, recipients, error);
  const isMail = error instanceof MailError;
  const rejected = isMail
    ? new Map(error.rejected.map((rejection) => [rejection.address.toLowerCase(), rejection]))
    : new Map();
  const after = recipients.map((recipient): Recipient => {
    const rejection = rejected.get(recipient.address.toLowerCase());
    return rejection
      ? {
          ...recipient,
          status: rejection.permanent ? "refused" : "deferred",
          response: rejection.response,
        }
      : recipient;
  });
  const end = {
    recipients: after,
    response: isMail ? error.response : null,
    error: cause,
    fix: isMail ? error.fix : null,
  };
  if (isMail && error.uncertain) return { ...end, status: "UNKNOWN" };
  if (error instanceof AccountInactive && !delivery.isTooLate)
    return { ...end, status: "QUEUED", waitSeconds: INACTIVE_WAIT_SECONDS };
  const isFinal =
    (isMail && error.kind === "permanent" && !after.some(({ status }) => status === "deferred")) ||
    delivery.isTooLate;
  log.warn(`Sending ${delivery.messageId} ${isFinal ? "failed" : "will be tried again"}: ${cause}`);
  if (!isFinal) return { ...end, status: "QUEUED" };
  // Somebody got it at an earlier try: "failed" would make an agent send it to them again.
  const wasAccepted = after.some(({ status }) => status === "accepted");
  return { ...end, status: wasAccepted ? "SENT" : "FAILED" };
}
