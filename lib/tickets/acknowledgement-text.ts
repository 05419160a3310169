/** What is sent when an account has no text of its own. */
export const ACKNOWLEDGEMENT_DEFAULT =
  "Hello,\n\nyour mail has arrived. It is ticket #{{number}}, and we will answer it as soon as we can.\n\nYou need not do anything. To add something, answer this mail.";

export const ACKNOWLEDGEMENT_LENGTH_MAX = 5_000;

const PLACEHOLDER = /\{\{\s{0,5}([^{}]{0,40}?)\s{0,5}\}\}/g;

/** The first placeholder of a text that means nothing, as it was typed; null when there is none. */
export function unknownPlaceholder(text: string): string | null {
  for (const [whole, name] of text.matchAll(PLACEHOLDER)) if (name !== "number") return whole;
  return null;
}

/** The text with the ticket's number in its places; the default text when it is empty. */
export function acknowledgementText(text: string, number: number): string {
  return (text.trim() || ACKNOWLEDGEMENT_DEFAULT).replace(PLACEHOLDER, (whole, name) =>
    name === "number" ? String(number) : whole,
  );
}
