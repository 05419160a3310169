import { paths } from "@/app/paths";
import type { Language } from "@/app/words/dictionary";
import { dueWords } from "@/app/words/dues";
import { filterWords } from "@/app/words/filters";
import { ticketWords } from "@/app/words/tickets";
import { firstPageString, type TicketQuery } from "@/lib/tickets/query";
import { parseSearch, type SearchTerm } from "@/lib/tickets/search-query";
import { dateRangeWords } from "./date-range-words";
import type { FilterChoices } from "./filter-panel";

/** One thing that narrows a list, in words, and the address of the list without it. */
export type FilterChip = { name: string; label: string; href: string };

/** All that narrows a list beyond its view. */
export function chipsOf(
  query: TicketQuery,
  choices: FilterChoices,
  language: Language,
): FilterChip[] {
  const words = filterWords[language];
  const { names } = words;
  const { sources, statuses, priorities } = ticketWords[language];
  const chips: FilterChip[] = [];
  const add = (name: string, text: string, without: Partial<TicketQuery>) => {
    const href = paths.tickets(firstPageString({ ...query, ...without }));
    chips.push({ name, label: `${name}: ${text}`, href });
  };
  if (query.source) add(names.source, sources[query.source], { source: null });
  if (query.statuses.length > 0) {
    const wanted = query.statuses.map((status) => statuses[status]);
    add(names.status, wanted.join(", "), { statuses: [] });
  }
  if (query.priorities.length > 0) {
    const wanted = query.priorities.map((priority) => priorities[priority]);
    add(names.priority, wanted.join(", "), { priorities: [] });
  }
  if (query.assignee) {
    const name = assigneeText(query.assignee, choices, language);
    add(names.assignee, name, { assignee: null });
  }
  if (query.account) {
    const account = choices.accounts.find(({ id }) => id === query.account);
    add(names.account, account?.email ?? words.deletedAccount, { account: null });
  }
  if (query.requester) add(names.requester, query.requester, { requester: "" });
  if (query.tag) add(names.tag, query.tag, { tag: "" });
  if (query.created) add(names.created, dateRangeWords(query.created, language), { created: "" });
  if (query.updated) add(names.updated, dateRangeWords(query.updated, language), { updated: "" });
  if (query.due) add(names.due, dueWords[language].states[query.due], { due: null });
  if (query.q) {
    const search = parseSearch(query.q);
    for (const { term, without } of search.chips)
      add(words.terms[term.name], termText(term, language), { q: without });
    if (search.text) add(names.search, search.text, { q: search.withoutText });
  }
  return chips;
}

function termText(term: SearchTerm, language: Language): string {
  const words = filterWords[language];
  const { name, value } = term;
  if (name === "number") return `#${value}`;
  if (name === "is") return words.states[term.value];
  if (name === "has") return words.attachment;
  if (name !== "before" && name !== "after") return value;
  // "7d" is a moment here, and no range.
  return value.endsWith("d")
    ? words.daysAgo(Number.parseInt(value, 10))
    : dateRangeWords(value, language);
}

/** A list in one line: "All open · Source: Email · Longest wait first". */
export function queryText(query: TicketQuery, choices: FilterChoices, language: Language): string {
  return [
    ticketWords[language].views[query.view],
    ...chipsOf(query, choices, language).map(({ label }) => label),
    ...(query.sort === "wait" ? [filterWords[language].longestWaitFirst] : []),
  ].join(" · ");
}

function assigneeText(assignee: string, choices: FilterChoices, language: Language): string {
  const words = filterWords[language];
  if (assignee === "me") return words.me;
  if (assignee === "none") return words.nobody;
  return choices.agents.find(({ id }) => id === assignee)?.name ?? words.formerAgent;
}
