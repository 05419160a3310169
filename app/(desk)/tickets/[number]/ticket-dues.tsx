import { DueMark } from "../due-mark";
import type { Due } from "../due-words";

/** All that a ticket owes, what comes first before the other. */
export function TicketDues({
  ticket,
  renderedAt,
}: {
  ticket: {
    dueAt: Date | null;
    dueWarnAt: Date | null;
    firstResponseDueAt: Date | null;
    resolutionDueAt: Date | null;
  };
  renderedAt: Date;
}) {
  const { firstResponseDueAt, resolutionDueAt, dueAt, dueWarnAt } = ticket;
  const later = (at: Date) => (dueWarnAt && at.getTime() === dueAt?.getTime() ? dueWarnAt : at);
  const dues: Due[] = [];
  if (firstResponseDueAt)
    dues.push({
      ...{ what: "first-response", dueAt: firstResponseDueAt },
      warnAt: later(firstResponseDueAt),
    });
  if (resolutionDueAt)
    dues.push({
      ...{ what: "resolution", dueAt: resolutionDueAt },
      warnAt: later(resolutionDueAt),
    });
  return dues
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
    .map((due) => <DueMark key={due.what} due={due} renderedAt={renderedAt} className="text-sm" />);
}
