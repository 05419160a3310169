/**
 * The header of a notice that repeats its Message-ID: where a server gave the mail another one, we
 * still know it for our own when it comes back.
 */
export const NOTICE_HEADER = "X-Mailroom-Notice";
