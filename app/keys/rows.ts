/** Rows that J and K move between: `data-row` holds the id of what the row is about. */
const ROWS = "main [data-row]";

/** The row the focus was in last, and on which page. */
type Place = { address: string; id: string; index: number };

let place: Place | null = null;

const rowsNow = () => [...document.querySelectorAll<HTMLElement>(ROWS)];
const linkIn = (row: Element | undefined) => row?.querySelector<HTMLElement>("a[href]");
const boxIn = (row: Element) => row.querySelector<HTMLInputElement>('input[name="id"]');

/** The row in focus. */
export const focusedRow = () => document.activeElement?.closest<HTMLElement>(ROWS) ?? null;

/**
 * Moves the focus to the row after (1) or before (-1) the one in focus; without one, to where it was
 * last on this page, or to the first row. False when there are no rows.
 */
export function moveFocus(step: 1 | -1): boolean {
  const rows = rowsNow();
  const row = focusedRow();
  const last = placeAmong(rows);
  const next = row ? rows[rows.indexOf(row) + step] : (last ?? rows[0]);
  focusRow(next);
  return rows.length > 0;
}

/** Focuses a row's link, which is what a screen reader reads and Enter opens. */
function focusRow(row: Element | undefined): void {
  const link = linkIn(row);
  link?.focus({ preventScroll: true });
  // Sticky bars: `scroll-padding` counts for scrollIntoView, and "nearest" leaves what is in view.
  row?.scrollIntoView({ block: "nearest" });
}

/** Opens what the row in focus is about. */
export function openRow(): boolean {
  const link = linkIn(focusedRow() ?? undefined);
  link?.click();
  return link !== undefined && link !== null;
}

/** Ticks the row in focus, or takes its tick away; false when it has no checkbox. */
export function selectRow(): boolean {
  const row = focusedRow();
  const box = row && boxIn(row);
  box?.click();
  return Boolean(box);
}

export const countSelected = () => rowsNow().filter((row) => boxIn(row)?.checked === true).length;

/** Whether rows can be selected here at all. */
export const canSelect = () => rowsNow().some((row) => boxIn(row) !== null);

/**
 * Keeps the focus of those who use the keyboard in the list while its rows are replaced, and when
 * they come back to it: on the same ticket or, when that has left the list, on the one that took its
 * place. @returns what ends it.
 */
export function keepPlace(): () => void {
  let isInList = false;
  const bringBack = () => {
    const rows = rowsNow();
    const row = placeAmong(rows);
    // Rows above it may have gone: what will take its place is told by where it is now.
    if (place && row?.dataset.row === place.id) place.index = rows.indexOf(row);
    // What was in focus may be hidden, in a dialog that has just closed.
    const inFocus = document.activeElement;
    if (!isInList || (inFocus !== document.body && inFocus?.checkVisibility())) return;
    focusRow(row);
  };
  const observer = new MutationObserver(bringBack);
  const onFocus = () => {
    const row = focusedRow();
    // Elsewhere, as in the bar of the selected tickets: when that goes, the list has the focus again.
    // And whoever points does not look for the focus.
    if (!row || !document.activeElement?.matches(":focus-visible")) return;
    const index = rowsNow().indexOf(row);
    place = { address: location.href, id: row.dataset.row ?? "", index };
    isInList = true;
    observer.disconnect();
    const main = row.closest("main");
    if (main) observer.observe(main, { childList: true, subtree: true });
  };
  // Whoever clicks beside the list has left it, and a later change must not pull them back.
  const onPointer = () => {
    isInList = false;
    observer.disconnect();
  };
  document.addEventListener("focusin", onFocus);
  document.addEventListener("pointerdown", onPointer);
  // A dialog gives the focus back to a row that may have left the list behind it. It does not bubble.
  document.addEventListener("close", bringBack, { capture: true });
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("pointerdown", onPointer);
    document.removeEventListener("close", bringBack, { capture: true });
  };
}

/** The row at the last place, if this is still the same page. */
function placeAmong(rows: HTMLElement[]): HTMLElement | undefined {
  if (!place || place.address !== location.href) return undefined;
  const { id, index } = place;
  return rows.find((row) => row.dataset.row === id) ?? rows[Math.min(index, rows.length - 1)];
}
