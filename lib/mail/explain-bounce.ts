import { z } from "zod";
import type { BounceReason } from "./mail";

/** The reasons as they are stored. */
export const bounceReasonSchema = z.enum([
  "no-address",
  "no-domain",
  "moved",
  "disabled",
  "full",
  "too-large",
  "sender",
  "refused",
  "unreachable",
  "other",
]) satisfies z.ZodType<BounceReason>;

const UNKNOWN = {
  cause: "The receiving server did not say why.",
  fix: "Open the report below to read what it did say.",
};

const WORDS: Record<BounceReason, { cause: string; fix: string }> = {
  "no-address": {
    cause: "There is no such address.",
    fix: "Look for a typing error, or reach the person another way.",
  },
  "no-domain": {
    cause: "Its domain does not exist or takes no mail.",
    fix: "Look for a typing error behind the @.",
  },
  moved: {
    cause: "The person has moved to another address.",
    fix: "The report below may name the new one.",
  },
  disabled: {
    cause: "The mailbox is switched off.",
    fix: "Reach the person another way.",
  },
  full: {
    cause: "The mailbox is full.",
    fix: "Send it again in a few days, or reach the person another way.",
  },
  "too-large": {
    cause: "The mail is too large for the receiving server.",
    fix: "Send it again with smaller files, or with a link to them.",
  },
  sender: {
    cause: "The receiving server does not trust our mail.",
    fix: "Ask an admin to check SPF, DKIM and DMARC of our domain.",
  },
  refused: {
    cause: "The receiving server refused this mail, often as spam.",
    fix: "Reach the person another way, and ask an admin if it happens again.",
  },
  unreachable: {
    cause: "The receiving server could not be reached.",
    fix: "Send it again later.",
  },
  other: UNKNOWN,
};

/** What a bounce means and what an agent can do about it, in plain words. */
export function explainBounce(reason: BounceReason | string | null): {
  cause: string;
  fix: string;
} {
  const known = bounceReasonSchema.safeParse(reason).data;
  return known ? WORDS[known] : UNKNOWN;
}
