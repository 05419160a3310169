import { countText } from "@/app/ui/count-text";
import { Disclosure } from "@/app/ui/disclosure";
import { Figures } from "@/app/ui/figures";
import { LineChart } from "@/app/ui/line-chart";
import type { PollHour, PollPeriod } from "@/lib/accounts/poll-history";

const TIME = new Intl.DateTimeFormat("en-GB", {
  ...{ hour: "2-digit", minute: "2-digit", timeZone: "UTC" },
});
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

const markOf = (period: PollPeriod) => (hour: PollHour) =>
  period === "day" ? `${TIME.format(hour.startedAt)} UTC` : DAY.format(hour.startedAt);

/** Mails and tickets by the hour as lines, and every hour in numbers below. */
export function Hours({ hours, period }: { hours: PollHour[]; period: PollPeriod }) {
  const middle = hours[Math.floor((hours.length - 1) / 2)];
  const ends = [hours[0], middle, hours.at(-1)].filter((hour) => hour !== undefined);
  const of = (what: "mails" | "tickets") => hours.map((hour) => hour[what]);
  return (
    <div className="space-y-3">
      <LineChart
        title="Mails and tickets per hour"
        range={period === "day" ? "the last 24 hours" : "the last 7 days"}
        per="an hour"
        marks={ends.map(markOf(period))}
        series={[
          { name: "Mails", look: "solid", values: of("mails") },
          { name: "Tickets", look: "dashed", values: of("tickets") },
        ]}
      />
      <Disclosure label="Every hour in numbers">
        <Figures
          caption="By hour"
          head={["Hour (UTC)", "Mails", "Tickets", "Polls", "Failed"]}
          rows={hours.toReversed().map(({ startedAt, mails, tickets, polls, failed }) => ({
            key: startedAt.toISOString(),
            cells: [
              `${DAY.format(startedAt)}, ${TIME.format(startedAt)}`,
              ...[mails, tickets, polls, failed].map(countText),
            ],
          }))}
        />
      </Disclosure>
    </div>
  );
}
