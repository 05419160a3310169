/** The buttons of the account form, as the form sends which was pressed. */
export const INTENTS = ["save", "test-smtp", "test-imap", "test-mail", "dry-run"] as const;
export type Intent = (typeof INTENTS)[number];
