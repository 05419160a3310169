import { smtpServerOf } from "../accounts/servers";
import { crashpoint } from "../crashpoint";
import { db } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { notifyNow } from "../db/listen";
import { env } from "../env";
import { messageOf } from "../errors";
import { log, oneLine } from "../log";
import { MailError } from "../transport/mail-error";
import { type SentMail, sendMail } from "../transport/smtp";
import { type Recipient, recipientsSchema } from "./bounce";
import { composeDelivery, Unsendable } from "./compose-delivery";
import {
  type ClaimedDelivery,
  claimDelivery,
  type DeliveryEnd,
  finishDelivery,
  renewDelivery,
} from "./delivery-claims";
import { isInSent } from "./sent-copies";

export type DeliveryPass = { sent: number; retried: number; failed: number; unknown: number };

/** How soon a delivery looks again whether its account is active; such a look counts as no try. */
const INACTIVE_WAIT_SECONDS = 60;

/** How long a mail that is being sent may take once the worker stops: less than a stop may. */
const STOP_GRACE_MS = 5_000;

/** A try that had no answer was accepted after all: the provider has kept its copy of the mail. */
const FOUND_IN_SENT = { accepted: [], rejected: [], response: "A copy is in the Sent folder." };

/**
 * One pass over due outbound mail, one after the other: each is marked SENDING before its connection
 * is made, sent, and its answer classified. A try that ended without an answer is UNKNOWN, and tried
 * once more. Several passes may run at once; each account sends in one of them only.
 */
export async function deliverDue(owner: string, signal?: AbortSignal): Promise<DeliveryPass> {
  const pass: DeliveryPass = { sent: 0, retried: 0, failed: 0, unknown: 0 };
  while (!signal?.aborted) {
    const delivery = await claimDelivery(owner, env().WORKER_LEASE_SECONDS);
    if (!delivery) break;
    pass[await deliver(delivery, signal)]++;
  }
  return pass;
}

async function deliver(
  delivery: ClaimedDelivery,
  stopping: AbortSignal | undefined,
): Promise<keyof DeliveryPass> {
  crashpoint("deliver.claimed");
  // A server that says nothing must not keep a stopping worker, nor leave its lease behind.
  const calledOff = new AbortController();
  const onStop = () => setTimeout(() => calledOff.abort(), STOP_GRACE_MS).unref();
  stopping?.addEventListener("abort", onStop);
  const seconds = env().WORKER_LEASE_SECONDS;
  const beat = setInterval(
    () => renewDelivery(delivery, seconds).catch(() => undefined),
    (seconds * 1000) / 3,
  );
  try {
    const end = await attempt(delivery, calledOff.signal);
    await finishDelivery(delivery, end);
    crashpoint("deliver.finished");
    if (delivery.ticketId) await notifyNow("ticket", delivery.ticketId);
    if (end.status === "SENT") return "sent";
    if (end.status === "FAILED") return "failed";
    return end.status === "UNKNOWN" ? "unknown" : "retried";
  } finally {
    clearInterval(beat);
    stopping?.removeEventListener("abort", onStop);
  }
}

class AccountInactive extends Error {
  constructor(email: string) {
    super(`${email} is not active, so nothing is sent from it.`);
  }
}

/** The account a delivery leaves from. While it is inactive the delivery waits; deleted, it fails. */
async function accountOf(delivery: ClaimedDelivery): Promise<EmailAccount> {
  const account = delivery.accountId
    ? await db().prisma.emailAccount.findUnique({ where: { id: delivery.accountId } })
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
  return account;
}

async function attempt(delivery: ClaimedDelivery, signal: AbortSignal): Promise<DeliveryEnd> {
  const recipients = recipientsSchema.parse(delivery.recipients);
  const waiting = recipients.filter(({ status }) => status === "queued" || status === "deferred");
  // A report that came back for an unanswered try has said of everybody what became of it.
  if (waiting.length === 0)
    return { status: "SENT", recipients, response: null, error: null, fix: null };
  try {
    const account = await accountOf(delivery);
    if (delivery.unknowns > 0 && (await isInSent(account, delivery.messageId, signal)))
      return endOfSent(delivery, recipients, FOUND_IN_SENT);
    const mail = await composeDelivery(
      delivery,
      account,
      waiting.map(({ address }) => address),
    );
    crashpoint("deliver.composed");
    const sent = await sendMail(smtpServerOf(account), mail, {
      allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS,
      signal,
    });
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

function endOfError(
  delivery: ClaimedDelivery,
  recipients: Recipient[],
  error: unknown,
): DeliveryEnd {
  const cause = oneLine(messageOf(error));
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
