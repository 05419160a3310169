const QUOTED = /^\s{0,8}(?:>|&gt;)/;
const DIRECTION_MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Whether a line is quoted with `>` (or `&gt;`, where a converter left it so). */
export function isQuotedLine(line: string): boolean {
  return QUOTED.test(line);
}

/** Whether there is nothing to read in a line. */
export function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === "";
}

/** The next line from `start` on with something in it; looks at most 20 lines ahead. */
export function nextInk(lines: readonly string[], start: number): number {
  let i = start;
  while (i < lines.length && i < start + 20 && isBlank(lines[i])) i++;
  return i;
}

/** A line without the invisible marks that Hebrew, Arabic and Persian clients put around addresses. */
export function withoutMarks(line: string): string {
  return line.replace(DIRECTION_MARKS, "");
}
