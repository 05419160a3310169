import { useCallback, useEffect, useRef, useState } from "react";
import { BULK_FORM_ID } from "./bulk-form-id";

const ROWS = `input[name="id"][form="${BULK_FORM_ID}"]`;
const PAGE = "input[data-select-page]";

const rowBoxes = () => [...document.querySelectorAll<HTMLInputElement>(ROWS)];

/**
 * What is ticked in the list. The checkboxes keep it themselves, so that it outlives a list that is
 * read again; this counts them, and does what a browser doesn't: a range by Shift, and the whole page.
 */
export function useSelection() {
  const [selected, setSelected] = useState({ count: 0, rows: 0 });
  const last = useRef<string | null>(null);

  const recount = useCallback(() => {
    const boxes = rowBoxes();
    const count = boxes.filter((box) => box.checked).length;
    const page = document.querySelector<HTMLInputElement>(PAGE);
    if (page) {
      page.checked = count > 0 && count === boxes.length;
      page.indeterminate = count > 0 && count < boxes.length;
    }
    setSelected((before) =>
      before.count === count && before.rows === boxes.length
        ? before
        : { count, rows: boxes.length },
    );
  }, []);

  const selectPage = useCallback(
    (isSelected: boolean) => {
      for (const box of rowBoxes()) box.checked = isSelected;
      last.current = null;
      recount();
    },
    [recount],
  );

  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const box = event.target;
      if (!(box instanceof HTMLInputElement)) return;
      if (box.matches(PAGE)) selectPage(box.checked);
      if (!box.matches(ROWS)) return;
      if (event.shiftKey) selectRange(last.current, box);
      last.current = box.value;
      recount();
    };
    document.addEventListener("click", onClick);
    return () => document.removeEventListener("click", onClick);
  }, [recount, selectPage]);

  // Rows may have come and gone with the list that is shown now.
  useEffect(recount);

  return { ...selected, selectPage };
}

/** Everything between the box that was clicked before and this one becomes as this one is. */
function selectRange(fromId: string | null, box: HTMLInputElement): void {
  const boxes = rowBoxes();
  const from = boxes.findIndex(({ value }) => value === fromId);
  const to = boxes.indexOf(box);
  if (from === -1 || to === -1) return;
  for (const each of boxes.slice(Math.min(from, to), Math.max(from, to) + 1))
    each.checked = box.checked;
}
