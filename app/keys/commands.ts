import { paths } from "../paths";

/** The headings of the key sheet, in its order. */
export const KEY_GROUPS = ["Anywhere", "Lists", "Selected tickets", "Ticket", "Go to"] as const;
type KeyGroup = (typeof KEY_GROUPS)[number];

type Entry = {
  id: string;
  /** As in the tooltip and the palette. */
  words: string;
  group: KeyGroup;
  /**
   * Ways to call it, as keyOf() names keys; "g i" is one after the other. Without any, it is in the
   * palette only.
   */
  keys: readonly string[];
  /** What the browser does by itself: told, never handled. */
  native?: readonly string[];
  /** Where it leads. */
  href?: string;
  onlyAdmin?: boolean;
  /** May go on while the key is held. */
  repeats?: boolean;
  /**
   * The buttons it presses, by their `data-command`: the first one that is there. Without it, the one
   * named as the command.
   */
  buttons?: readonly string[];
};

/**
 * Every command, once: the key handler, tooltips, the sheet of keys and the palette read it here.
 * Those of "Selected tickets" act on the selected tickets or, with none selected, on the one in focus.
 */
const TABLE = [
  { id: "palette", words: "Search and commands", group: "Anywhere", keys: ["Mod+k"] },
  { id: "search", words: "Search this list", group: "Anywhere", keys: ["/"] },
  {
    id: "new-ticket",
    words: "New ticket",
    group: "Anywhere",
    keys: ["c"],
    href: paths.newTicket(),
  },
  { id: "keys", words: "Keyboard shortcuts", group: "Anywhere", keys: ["?"] },

  { id: "next-row", words: "Next", group: "Lists", keys: ["j"], repeats: true },
  { id: "previous-row", words: "Previous", group: "Lists", keys: ["k"], repeats: true },
  { id: "open-row", words: "Open", group: "Lists", keys: ["o"], native: ["Enter"] },
  { id: "select-row", words: "Select", group: "Lists", keys: ["x"] },

  {
    ...{ id: "assign-me", words: "Assign to me", group: "Selected tickets", keys: [] },
    buttons: ["assign-me", "assign"],
  },
  { id: "assign", words: "Assign", group: "Selected tickets", keys: ["a"] },
  {
    ...{ id: "solve", words: "Solve", group: "Selected tickets", keys: ["e"] },
    buttons: ["solve", "status"],
  },
  { id: "status", words: "Change status", group: "Selected tickets", keys: [] },
  { id: "priority", words: "Change priority", group: "Selected tickets", keys: [] },
  { id: "tag", words: "Tag", group: "Selected tickets", keys: [] },
  { id: "snooze", words: "Snooze", group: "Selected tickets", keys: ["s"] },
  { id: "merge", words: "Merge", group: "Selected tickets", keys: [] },
  { id: "spam", words: "Mark as spam", group: "Selected tickets", keys: [] },

  { id: "reply", words: "Reply", group: "Ticket", keys: ["r"] },
  { id: "note", words: "Internal note", group: "Ticket", keys: ["n"] },
  { id: "forward", words: "Forward", group: "Ticket", keys: ["f"] },
  { id: "send", words: "Send what is written", group: "Ticket", keys: [], native: ["Mod+Enter"] },
  {
    ...{ id: "undo", words: "Undo", group: "Ticket", keys: ["z"] },
    buttons: ["undo-send", "undo"],
  },
  { id: "previous-ticket", words: "Previous ticket of the list", group: "Ticket", keys: ["["] },
  { id: "next-ticket", words: "Next ticket of the list", group: "Ticket", keys: ["]"] },
  { id: "relate", words: "Relate to another ticket", group: "Ticket", keys: [] },

  view("my-open", "My open", "g m"),
  view("unassigned", "Unassigned", "g u"),
  view("all-open", "All open", "g i"),
  view("waiting", "Waiting on customer", "g w"),
  view("snoozed", "Snoozed", "g z"),
  view("solved", "Solved", "g d"),
  view("automatic", "Automatic", "g b"),
  { ...view("spam-view", "Spam", "g s"), href: paths.tickets({ view: "spam" }) },
  { id: "contacts", words: "Contacts", group: "Go to", keys: ["g c"], href: paths.contacts() },
  { id: "help", words: "Help", group: "Go to", keys: ["g h"], href: paths.help() },
  admin("email-accounts", "Email Accounts", "g a", paths.emailAccounts),
  admin("mail", "Mail", "g l", paths.mail()),
  admin("people", "People", "g p", paths.people),
] as const satisfies readonly Entry[];

export type CommandId = (typeof TABLE)[number]["id"];
export type Command = Entry & { id: CommandId };

export const COMMANDS: readonly Command[] = TABLE;

const byId = new Map<string, Command>(COMMANDS.map((command) => [command.id, command]));
const byHref = new Map(COMMANDS.map((command) => [command.href, command]));

/** The command a button stands for by its `data-command`. */
export const commandById = (id: string | undefined) => (id ? byId.get(id) : undefined);

/** The command that leads to an address. */
export const commandByHref = (href: string) => byHref.get(href);

/** What this person can call: the Admin Portal is for admins. */
export function commandsFor(isAdmin: boolean): Command[] {
  return COMMANDS.filter((command) => isAdmin || !command.onlyAdmin);
}

/** A shortcut as people read it: "G then I", "Ctrl K", "⌘ K", "Enter". */
export function keyText(key: string, isMac: boolean): string {
  return keyCaps(key, isMac).join(" then ");
}

/** What is pressed one after the other. */
export function keyCaps(key: string, isMac: boolean): string[] {
  return key.split(" ").map((cap) => {
    const letter = cap.replace("Mod+", "");
    const name = letter.length === 1 ? letter.toUpperCase() : letter;
    return cap === letter ? name : `${isMac ? "⌘" : "Ctrl"} ${name}`;
  });
}

function view<Id extends string>(id: Id, words: string, key: string) {
  const href = paths.tickets({ view: id });
  return { id, words, group: "Go to", keys: [key], href } as const;
}

function admin<Id extends string>(id: Id, words: string, key: string, href: string) {
  return { id, words, group: "Go to", keys: [key], href, onlyAdmin: true } as const;
}
