/** What of the form is no part of a draft: the text has its place, the rest is of one sending. */
const NOT_KEPT =
  /^(\$ACTION|(kind|text|html|number|lastMessageRowId|draft|upload|files|anyway|status)$)/;

/** Nobody in them is a choice, too: who was taken out of Cc does not come back with the draft. */
const MAY_BE_EMPTY = /^(to|cc|bcc)$/;

/** The fields of the composer's form that are kept with its draft: its addresses and choices. */
export function draftFieldsOf(form: FormData): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of form)
    if (typeof value === "string" && (value !== "" || MAY_BE_EMPTY.test(name)))
      if (!NOT_KEPT.test(name)) fields[name] = value;
  return fields;
}
