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
  if (dues.length === 0) return null;
  dues.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  return (
    <div className="flex basis-full flex-wrap gap-x-4 gap-y-0.5 text-sm max-md:order-3">
      {dues.map((due) => (
        <DueMark key={due.what} due={due} renderedAt={renderedAt} />
      ))}
    </div>
  );
}
