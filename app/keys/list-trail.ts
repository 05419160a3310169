/** The list somebody came from: its address and the numbers of the tickets on that page, in order. */
export type ListTrail = { address: string; numbers: number[] };

const KEY = "mailroom-list";
const TICKET_LINK = 'main [data-row] a[href^="/tickets/"]';

/**
 * Remembers, for this tab, the list in which a ticket is opened, so that its page knows the one before
 * and the one after. @returns what ends it.
 */
export function keepTrail(): () => void {
  const onClick = ({ target }: MouseEvent) => {
    if (target instanceof Element && target.closest(TICKET_LINK)) remember();
  };
  // Before the link's own handler, which leaves the page.
  document.addEventListener("click", onClick, true);
  return () => document.removeEventListener("click", onClick, true);
}

function remember(): void {
  const rows = document.querySelectorAll<HTMLElement>("main [data-row]");
  const numbers = [...rows].flatMap((row) => {
    const href = row.querySelector('a[href^="/tickets/"]')?.getAttribute("href") ?? "";
    const number = /^\/tickets\/(\d+)$/.exec(href)?.[1];
    return number ? [Number(number)] : [];
  });
  const trail: ListTrail = { address: `${location.pathname}${location.search}`, numbers };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(trail));
  } catch {
    // Full, or turned off: then there is no way to the next one.
  }
}

/** What keepTrail() remembered, as text; null when there is nothing. */
export function storedTrail(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** A stored trail; null for anything else. */
export function parseTrail(text: string | null): ListTrail | null {
  if (text === null) return null;
  try {
    const { address, numbers } = JSON.parse(text);
    const isPath = typeof address === "string" && /^\/(?!\/)/.test(address);
    return isPath && Array.isArray(numbers) && numbers.every(Number.isInteger)
      ? { address, numbers }
      : null;
  } catch {
    return null;
  }
}
