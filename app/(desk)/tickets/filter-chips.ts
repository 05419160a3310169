import { paths } from "@/app/paths";
import { firstPageString, type TicketQuery } from "@/lib/tickets/query";
import { parseSearch, type SearchTerm } from "@/lib/tickets/search-query";
import { dateRangeWords } from "./date-range-words";
import { DUE_WORDS } from "./due-words";
import type { FilterChoices } from "./filter-panel";
import { PRIORITY_WORDS, SOURCE_WORDS, STATUS_WORDS, VIEW_WORDS } from "./words";

/** One thing that narrows a list, in words, and the address of the list without it. */
export type FilterChip = { name: string; label: string; href: string };

/** All that narrows a list beyond its view. */
export function chipsOf(query: TicketQuery, choices: FilterChoices): FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (name: string, text: string, without: Partial<TicketQuery>) => {
    const href = paths.tickets(firstPageString({ ...query, ...without }));
    chips.push({ name, label: `${name}: ${text}`, href });
  };
  if (query.source) add("Source", SOURCE_WORDS[query.source], { source: null });
  if (query.statuses.length > 0) {
    const words = query.statuses.map((status) => STATUS_WORDS[status]);
    add("Status", words.join(", "), { statuses: [] });
  }
  if (query.priorities.length > 0) {
    const words = query.priorities.map((priority) => PRIORITY_WORDS[priority]);
    add("Priority", words.join(", "), { priorities: [] });
  }
  if (query.assignee) add("Assignee", assigneeText(query.assignee, choices), { assignee: null });
  if (query.account) {
    const account = choices.accounts.find(({ id }) => id === query.account);
    add("Account", account?.email ?? "deleted account", { account: null });
  }
  if (query.requester) add("Requester", query.requester, { requester: "" });
  if (query.tag) add("Tag", query.tag, { tag: "" });
  if (query.created) add("Created", dateRangeWords(query.created), { created: "" });
  if (query.updated) add("Updated", dateRangeWords(query.updated), { updated: "" });
  if (query.due) add("Target", DUE_WORDS[query.due], { due: null });
  if (query.q) {
    const search = parseSearch(query.q);
    for (const { term, without } of search.chips)
      add(TERM_WORDS[term.name], termText(term), { q: without });
    if (search.text) add("Search", search.text, { q: search.withoutText });
  }
  return chips;
}

const TERM_WORDS: Record<SearchTerm["name"], string> = {
  from: "From",
  to: "To",
  subject: "Subject",
  tag: "Tag",
  account: "Account",
  assignee: "Assignee",
  is: "Is",
  has: "Has",
  before: "Before",
  after: "After",
  number: "Ticket",
};

function termText({ name, value }: SearchTerm): string {
  if (name === "number") return `#${value}`;
  if (name !== "before" && name !== "after") return value;
  // "7d" is a moment here, and no range.
  return value.endsWith("d") ? `${Number.parseInt(value, 10)} days ago` : dateRangeWords(value);
}

/** A list in one line: "All open · Source: Email · Longest wait first". */
export function queryText(query: TicketQuery, choices: FilterChoices): string {
  return [
    VIEW_WORDS[query.view],
    ...chipsOf(query, choices).map(({ label }) => label),
    ...(query.sort === "wait" ? ["Longest wait first"] : []),
  ].join(" · ");
}

function assigneeText(assignee: string, choices: FilterChoices): string {
  if (assignee === "me") return "Me";
  if (assignee === "none") return "Nobody";
  return choices.agents.find(({ id }) => id === assignee)?.name ?? "former agent";
}
