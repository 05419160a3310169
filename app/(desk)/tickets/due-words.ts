/** Something a ticket owes by a time, and from when on that is marked. */
export type Due = { what: "first-response" | "resolution"; dueAt: Date; warnAt: Date };

/** What a row of a list owes next, where that has to be marked at `now`; else null. */
export function markedDue(
  row: { dueAt: Date | null; dueWarnAt: Date | null; isResponseDue: boolean | null },
  now: Date,
): Due | null {
  const { dueAt, dueWarnAt, isResponseDue } = row;
  if (!dueAt || !dueWarnAt || dueWarnAt > now) return null;
  return { what: isResponseDue ? "first-response" : "resolution", dueAt, warnAt: dueWarnAt };
}
