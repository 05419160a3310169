/** What a cell holds; null is empty. */
export type CsvValue = string | number | Date | null;

/** Excel takes a file for UTF-8 only when it begins so. */
export const CSV_BEGIN = "\uFEFF";

/** What spreadsheets take for the beginning of a formula (OWASP, CSV injection). */
const FORMULA = /^[\s\uFEFF]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20|]/;
const QUOTED = /[",;\r\n\t]/;

/**
 * One line of a CSV file (RFC 4180), with its end. Text that a spreadsheet would take for a formula
 * gets an apostrophe before it, so that it is shown and not run; numbers are ours and stay numbers.
 * Moments are written as ISO 8601 in UTC, without what Excel does not read.
 */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace("T", " ");
  // No reader of CSV knows what to do with NUL.
  const text = value.replaceAll("\0", "");
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
