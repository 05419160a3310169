import { CalendarCheck, CalendarClock, CalendarDays, CalendarX } from "lucide-react";
import { Disclosure } from "@/app/ui/disclosure";
import type { Calendar, CalendarEvent } from "@/lib/mail/calendar-summary";
import { EventTime } from "./event-time";

/** Events that stand open; the others are folded. */
const EVENTS_OPEN = 2;

/** What the calendar file of a mail is about, above the mail; the file itself is an attachment. */
export function CalendarCard({ calendar }: { calendar: Calendar }) {
  const { icon: Icon, words } = headOf(calendar);
  const open = calendar.events.slice(0, EVENTS_OPEN);
  const folded = calendar.events.slice(EVENTS_OPEN);
  const { eventsLeftOut } = calendar;
  return (
    <section
      aria-label="Calendar"
      className="mt-2.5 flex max-w-[68ch] gap-2.5 rounded-panel border border-rule bg-sunk px-3.5 py-[11px]"
    >
      <Icon aria-hidden className="icon mt-0.5 text-ink-2" />
      <div className="min-w-0 grow space-y-2.5">
        <p dir="auto" className="text-ink-2">
          {words}
        </p>
        <Events calendar={calendar} events={open} />
        {folded.length > 0 && (
          <Disclosure label={folded.length === 1 ? "1 more event" : `${folded.length} more events`}>
            <div className="space-y-2.5">
              <Events calendar={calendar} events={folded} />
            </div>
          </Disclosure>
        )}
        {eventsLeftOut > 0 && (
          <p className="text-sm text-ink-3">
            {eventsLeftOut === 1 ? "1 more event is" : `${eventsLeftOut} more events are`} only in
            the attached file.
          </p>
        )}
      </div>
    </section>
  );
}

function Events({ calendar, events }: { calendar: Calendar; events: CalendarEvent[] }) {
  return events.map((event, index) => (
    <Event
      // biome-ignore lint/suspicious/noArrayIndexKey: the list of a stored mail never changes
      key={index}
      event={event}
      isOff={calendar.method === "cancel" || event.isCancelled}
    />
  ));
}

function Event({ event, isOff }: { event: CalendarEvent; isOff: boolean }) {
  const { title, place, organiser, repeats } = event;
  return (
    <div>
      <p dir="auto" className="font-semibold wrap-anywhere">
        {isOff ? <s>{title || "Untitled event"}</s> : title || "Untitled event"}
        {isOff && <span className="font-normal text-ink-2"> does not take place</span>}
      </p>
      <dl className="mt-0.5 grid grid-cols-[76px_minmax(0,1fr)] gap-x-2 gap-y-0.5 [&>dd]:wrap-anywhere [&>dt]:text-ink-3">
        <dt>When</dt>
        <dd>
          <EventTime event={event} />
          {repeats && <span className="text-ink-2">, {REPEATS[repeats]}</span>}
        </dd>
        {place && (
          <>
            <dt>Where</dt>
            <dd dir="auto">{place}</dd>
          </>
        )}
        {organiser && (
          <>
            <dt>Organiser</dt>
            <dd dir="auto">
              {organiser.name || organiser.address}
              {organiser.name && organiser.address && (
                <span className="text-ink-3"> {organiser.address}</span>
              )}
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

const REPEATS: Record<NonNullable<CalendarEvent["repeats"]>, string> = {
  daily: "repeats daily",
  weekly: "repeats weekly",
  monthly: "repeats monthly",
  yearly: "repeats yearly",
  often: "repeats",
};

const ANSWERS: Record<NonNullable<Calendar["answer"]>["said"], string> = {
  accepted: "accepted the invitation",
  declined: "declined the invitation",
  tentative: "may come, but is not sure yet",
  delegated: "sends somebody else",
  unclear: "answered the invitation",
};

function headOf({ method, answer, events }: Calendar) {
  switch (method) {
    case "request":
      return { icon: CalendarDays, words: "Invitation" };
    case "cancel":
      return { icon: CalendarX, words: "Cancellation" };
    case "counter":
      return { icon: CalendarClock, words: "Another time is proposed" };
    case "reply":
      return {
        icon: CalendarCheck,
        words: answer ? `${answer.name} ${ANSWERS[answer.said]}` : "Answer to an invitation",
      };
    case "publish":
      return {
        icon: CalendarDays,
        words: events.length === 1 ? "Calendar event" : "Calendar events",
      };
  }
}
