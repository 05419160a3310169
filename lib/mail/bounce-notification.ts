import { z } from "zod";
import { recipientAddress } from "./bounce-report";
import { readStatus, reasonFor, replyClass, statusFor, wordedReason } from "./bounce-status";
import type { Bounce, MailHeader } from "./mail";
import { parseMessageId } from "./message-id";

const JSON_LENGTH_MAX = 65_536;
const RECIPIENTS_MAX = 100;

/** The notification that Amazon SES sends through SNS, as far as it is of use here. */
const notificationSchema = z.object({
  notificationType: z.literal("Bounce"),
  bounce: z.object({
    bounceType: z.string().optional(),
    bouncedRecipients: z.array(
      z.object({
        emailAddress: z.string(),
        status: z.string().optional(),
        diagnosticCode: z.string().optional(),
      }),
    ),
  }),
  mail: z
    .object({ commonHeaders: z.object({ messageId: z.string().optional() }).optional() })
    .optional(),
});

/** A bounce that Amazon reports as JSON in a mail of its notification service; null when it is none. */
export function readNotification(headers: readonly MailHeader[], text: string): Bounce | null {
  if (!headers.some(({ name }) => /^x-amz-sns-message-id$/i.test(name))) return null;
  const notification = notificationSchema.safeParse(jsonIn(text)).data;
  if (!notification) return null;
  const { bounce, mail } = notification;
  const recipients = bounce.bouncedRecipients.slice(0, RECIPIENTS_MAX).flatMap((bounced) => {
    const address = recipientAddress(bounced.emailAddress);
    if (address === null) return [];
    const said = bounced.diagnosticCode ?? "";
    const givenClass = replyClass(said) || (bounce.bounceType === "Transient" ? "4" : "5");
    const status =
      readStatus(bounced.status ?? "", said) ||
      statusFor(wordedReason(said) ?? "other", givenClass);
    const permanent = status.startsWith("5");
    return [{ address, status, permanent, delayed: false, reason: reasonFor(status, said) }];
  });
  const id = mail?.commonHeaders?.messageId;
  return recipients.length === 0
    ? null
    : { recipients, originalMessageId: id === undefined ? null : parseMessageId(id) };
}

/** The object above the line that says how to unsubscribe. Long lines were folded on the way. */
function jsonIn(text: string): unknown {
  const [json = ""] = text
    .trimStart()
    .slice(0, JSON_LENGTH_MAX)
    .split(/\n--[ \t]*\n/, 1);
  if (!json.startsWith("{")) return null;
  try {
    return JSON.parse(json.replaceAll("\n", ""));
  } catch {
    return null;
  }
}
