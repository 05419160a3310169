/** What the caller did can't be done, and may be told why: shown to the person, exit 1 in the CLI. */
export type RefusalCode = "not-found" | "forbidden" | "conflict" | "invalid" | "unavailable";

/**
 * A refusal with a message made for people: plain words, no secrets, no stack.
 * Anything else that is thrown is a bug or the network, and is not shown as it is.
 */
export class AppError extends Error {
  readonly code: RefusalCode;
  /** The form field the message belongs to, when there is one. */
  readonly field: string | undefined;

  constructor(code: RefusalCode, message: string, field?: string) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.field = field;
  }
}

/** The message of anything thrown, for logs and for rows that keep an error. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}
