import { EVERY_OPEN_TICKET, TICKET_VIEWS, type TicketQuery } from "@/lib/tickets/query";

/** One list as somebody asks for it. */
export type Case = { name: string; query: TicketQuery };

/** What filters are set to: values of this very desk. */
export type Known = {
  agentIds: string[];
  accountIds: string[];
  tags: string[];
  /** An address with few tickets, one with many, and a name that many share. */
  quiet: string;
  frequent: string;
  surname: string;
  /** The day of the newest mail. */
  lastDay: Date;
};

type Filter = { name: string; set: Partial<TicketQuery> };

/** Each view in both orders; each filter alone; each two of the rarer ones. */
export function listCases(known: Known): Case[] {
  const views = TICKET_VIEWS.flatMap((view) =>
    (["newest", "wait"] as const).map((sort) => newCase(`${view} ${sort}`, { view, sort })),
  );
  const singles = (["all-open", "solved", "all"] as const).flatMap((view) =>
    filters(known).map(({ name, set }) => newCase(`${view} ${name}`, { view, ...set })),
  );
  const byWait = filters(known).map(({ name, set }) =>
    newCase(`all-open wait ${name}`, { view: "all-open", sort: "wait", ...set }),
  );
  const rare = filters(known).filter(({ name }) => name.endsWith("+"));
  const pairs = (["all-open", "all"] as const).flatMap((view) =>
    rare.flatMap((one, n) =>
      rare
        .slice(n + 1)
        .filter((other) => !Object.keys(other.set).some((key) => key in one.set))
        .map((other) =>
          newCase(`${view} ${one.name} ${other.name}`, { view, ...one.set, ...other.set }),
        ),
    ),
  );
  return [...views, ...singles, ...byWait, ...pairs];
}

function newCase(name: string, set: Partial<TicketQuery>): Case {
  return { name: name.replaceAll("+", ""), query: { ...EVERY_OPEN_TICKET, ...set } };
}

/** Those with a + are combined with each other. */
function filters(known: Known): Filter[] {
  const { agentIds, accountIds, tags, quiet, frequent, surname } = known;
  const last = <T>(items: T[]) => items.at(-1) ?? null;
  return [
    { name: "source=EMAIL", set: { source: "EMAIL" } },
    { name: "source=API+", set: { source: "API" } },
    { name: "account=busiest", set: { account: accountIds[0] ?? null } },
    { name: "account=quietest+", set: { account: last(accountIds) } },
    { name: "status=PENDING+", set: { statuses: ["PENDING"] } },
    { name: "status=SOLVED+", set: { statuses: ["SOLVED"] } },
    { name: "priority=NORMAL", set: { priorities: ["NORMAL"] } },
    { name: "priority=URGENT+", set: { priorities: ["URGENT"] } },
    { name: "assignee=me", set: { assignee: "me" } },
    { name: "assignee=none+", set: { assignee: "none" } },
    { name: "assignee=idlest+", set: { assignee: last(agentIds) } },
    { name: "requester=quiet", set: { requester: quiet } },
    { name: "requester=frequent+", set: { requester: frequent } },
    { name: "requester=surname+", set: { requester: surname } },
    { name: "tag=common+", set: { tag: tags[0] ?? "" } },
    { name: "tag=rare+", set: { tag: tags.at(-1) ?? "" } },
    { name: "created=week+", set: { created: days(known, 700, 7) } },
    { name: "created=last30", set: { created: days(known, 30, 31) } },
    { name: "updated=day+", set: { updated: days(known, 400, 1) } },
    { name: "updated=last7", set: { updated: days(known, 7, 8) } },
  ];
}

/** `count` days, the first of them so many days before the last mail's. */
function days({ lastDay }: Known, before: number, count: number): string {
  const day = (offset: number) =>
    new Date(lastDay.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  return `${day(-before)}..${day(count - 1 - before)}`;
}
