import type { BounceReason } from "./mail";

const WORDS_LENGTH_MAX = 4_000;

/** An enhanced status (RFC 3463), and nothing that only looks like one: a version, an IP address. */
const ENHANCED = /(?<![\w.])([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)/;
/** The same behind the reply it belongs to (RFC 2034), which is what the last server itself said. */
const REPLY_WITH_STATUS = /(?<![\w.])[45]\d\d[ -]{1,2}[#(]{0,2}([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/;
/** A reply code (RFC 5321 §4.2.1) at the start of what a server said. */
const REPLY = /(?:^|[\s:;'"[(])([45])\d\d(?=[-\s:<,;]|$)/m;

/**
 * The status of one recipient from the words of servers about them. `given` is what a report's
 * Status field says, `said` is what the last server answered, for x.0.0 where `given` says no more.
 */
export function readStatus(given: string, said: string): string {
  const words = said.slice(0, WORDS_LENGTH_MAX);
  const exact = ENHANCED.exec(given)?.[1];
  // Gateways put a status of their own before the one the server gave with its answer.
  const replied = REPLY_WITH_STATUS.exec(words)?.[1];
  if (replied !== undefined && !replied.startsWith("2") && !replied.endsWith(".0.0"))
    return replied;
  const mentioned = ENHANCED.exec(words)?.[1];
  if (exact !== undefined && (!exact.endsWith(".0.0") || mentioned === undefined)) return exact;
  return mentioned ?? "";
}

/** The class of the first SMTP reply in a text: "4", "5" or "". */
export function replyClass(said: string): string {
  return REPLY.exec(said.slice(0, WORDS_LENGTH_MAX))?.[1] ?? "";
}

/** A status for a mail that names none: its class, with the detail that its words stand for. */
export function statusFor(reason: BounceReason, givenClass: string): string {
  const isTransient = reason === "unreachable";
  return `${givenClass || (isTransient ? "4" : "5")}.${DETAILS[reason]}`;
}

const DETAILS: Record<BounceReason, string> = {
  "no-address": "1.1",
  "no-domain": "1.2",
  moved: "1.6",
  disabled: "2.1",
  full: "2.2",
  "too-large": "3.4",
  sender: "7.0",
  refused: "7.1",
  unreachable: "4.7",
  other: "0.0",
};

/** What went wrong, by the words of the server where they are plain, otherwise by the status. */
export function reasonFor(status: string, said: string): BounceReason {
  const byCode = CODES.find(([codes]) => codes.test(status.slice(2)))?.[1];
  if (byCode !== undefined && byCode !== "refused" && byCode !== "unreachable") return byCode;
  return wordedReason(said) ?? byCode ?? "other";
}

/** What the words of a mail system say went wrong; null when they say nothing known. */
export function wordedReason(said: string): BounceReason | null {
  const words = said.slice(0, WORDS_LENGTH_MAX).replace(/\s+/g, " ");
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** Whether mail to this address is lost from now on, rather than this one mail. */
export function isDeadAddress(recipient: { permanent: boolean; reason: BounceReason }): boolean {
  return recipient.permanent && DEAD.includes(recipient.reason);
}

const DEAD: readonly BounceReason[] = ["no-address", "no-domain", "moved", "disabled"];

/** Subject and detail of RFC 3463 §3, of RFC 5248's registry, and of Microsoft's own numbers. */
const CODES: readonly [RegExp, BounceReason][] = [
  [/^1\.(1|3|4|10|351)$/, "no-address"],
  [/^(1\.2|4\.4|3\.2|1\.9)$/, "no-domain"],
  [/^1\.6$/, "moved"],
  [/^(2\.1|7\.13)$/, "disabled"],
  [/^2\.2$/, "full"],
  [/^(2\.3|3\.4)$/, "too-large"],
  [/^(1\.[78]|7\.(2\d|5\d\d|8|9|57|60|64))$/, "sender"],
  [/^7\.\d+$/, "refused"],
  [/^4\.\d+$/, "unreachable"],
];

const THING = "(?:user|mailbox|recipient|account|address|alias|inbox)";
/** The first that fits decides, so the plainest come first. */
const WORDS: readonly [RegExp, BounceReason][] = [
  [
    /mailbox (?:is )?full|(?:over|exceed(?:ed|s)?) (?:the |its |his |their )?(?:mailbox |storage |disk )?quota|quota (?:is )?exceeded|mail ?folder is full|inbox is full|out of storage|mailbox (?:size )?limit exceeded|postfach .{0,30}voll|メールボックス.{0,10}(?:いっぱい|容量)/i,
    "full",
  ],
  [
    /(?:message|mail)(?: size| length)? (?:limit )?(?:exceed(?:s|ed)|is too (?:large|big))|message too (?:large|big)|size limit exceeded/i,
    "too-large",
  ],
  [
    new RegExp(
      `unknown (?:or illegal )?${THING}|${THING}(?: account| name)? (?:is |was |are )?(?:not (?:found|known|recognized|exist)|unknown|invalid|(?:does not|doesn't|do not) exist|unavailable)|no such (?:${THING}|person)|not such user|invalid (?:final delivery userid|${THING})|${THING} (?:name )?is not recognized|(?:doesn't|does not) have an? .{0,40}account|(?:isn't|is not|not) a (?:valid|registered) .{0,20}(?:${THING})|couldn't be found|wasn.t found|Recip(?:ient)?NotFound|no valid recipients|bad destination mailbox|no mailbox here by that name|user \\S{1,80} (?:not found|unknown|does not exist)`,
      "i",
    ),
    "no-address",
  ],
  [
    /host (?:or domain name )?(?:is )?(?:unknown|not found)|unknown host|domain (?:name )?(?:was )?(?:not found|does not exist)|no mx (?:record )?(?:found|for)|couldn't find (?:any host|a mail exchanger)|indicated no smtp|null ?mx|does not (?:accept|receive) (?:any )?mail|not accepting network messages|unrouteable (?:address|mail domain)|name or service not known/i,
    "no-domain",
  ],
  [/user (?:has )?moved|has moved to|no longer (?:at|with|works)|please try </i, "moved"],
  [
    /(?:account|mailbox|user|recipient)(?: address)? (?:is |has been |was )?(?:currently )?(?:disabled|suspended|inactive|locked|deactivated|closed)|disabled (?:recipient|account|mailbox|user)/i,
    "disabled",
  ],
  [
    /\bdmarc\b|\bspf\b|\bdkim\b|unauthenticated|authentication (?:is )?(?:required|checks? failed|failed)|sender (?:address )?(?:was )?rejected|reverse dns|no ptr|relay(?:ing)? (?:access )?(?:is )?(?:denied|not)|not configured to relay|no relaying/i,
    "sender",
  ],
  [
    /timed? ?out|(?:unable|failed|could not|couldn't|did not accept our requests?) to connect|connection (?:refused|reset)|no route to host|network (?:error|is unreachable)|expired|in the queue too long|could not deliver for the last|for a long time|not be delivered for|try again later|lookup fail|greylist|not able to establish|wasn't able to establish/i,
    "unreachable",
  ],
  [
    /\bspam\b|black ?list|block ?list|\bblocked\b|policy|access denied|reputation|administrative prohibition|not accepted|\brejected\b|not member|permission to post/i,
    "refused",
  ],
];
