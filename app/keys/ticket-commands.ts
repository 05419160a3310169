import type { Command } from "./commands";
import { canSelect, countSelected, focusedRow, selectRow } from "./rows";

/** How long the bar of the selected tickets may take to appear. */
const FRAMES_MAX = 60;

/** Whether there is something on this page that the command acts on. */
export function isPossible(command: Command): boolean {
  return isForList(command)
    ? countSelected() > 0 || focusedRow() !== null
    : buttonOf(command) !== undefined;
}

const isForList = ({ group }: Command) => group === "selected" && canSelect();

/**
 * Presses the button that stands for a command. In a list with nothing selected, the ticket in focus
 * is selected first, which brings the bar with the buttons. False when there is nothing to act on.
 */
export function pressButton(command: Command): boolean {
  if (isForList(command) && countSelected() === 0) {
    if (!selectRow()) return false;
    pressSoon(command, FRAMES_MAX);
    return true;
  }
  const button = buttonOf(command);
  if (button) press(button, command);
  return button !== undefined;
}

/** Presses the button once it has come. */
function pressSoon(command: Command, frames: number): void {
  requestAnimationFrame(() => {
    const button = buttonOf(command);
    if (button) press(button, command);
    else if (frames > 0) pressSoon(command, frames - 1);
  });
}

function buttonOf({ id, buttons = [id] }: Command): HTMLElement | undefined {
  for (const name of buttons) {
    const found = document.querySelectorAll<HTMLElement>(`[data-command="${name}"]`);
    const button = [...found].find((each) => !each.matches(":disabled"));
    if (button) return button;
  }
  return undefined;
}

/** A button is clicked; a select is opened, or set where the command says to what. */
function press(button: HTMLElement, { id }: Command): void {
  if (!(button instanceof HTMLSelectElement)) {
    button.click();
    return;
  }
  const isOffered = [...button.options].some(({ value }) => value === "SOLVED");
  if (id === "solve" && isOffered) {
    // The focus stays where it was: in the field, the next key would be text.
    button.value = "SOLVED";
    button.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  button.focus();
  // Refused where the browser counts no key press for it; the focus alone will do then.
  try {
    button.showPicker();
  } catch {}
}
