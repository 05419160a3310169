import { paths } from "../paths";

/** The headings of the key sheet, in its order. */
export const KEY_GROUPS = ["anywhere", "lists", "selected", "ticket", "go"] as const;
export type KeyGroup = (typeof KEY_GROUPS)[number];

type Entry = {
  id: string;
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
 * Those of "selected" act on the selected tickets or, with none selected, on the one in focus.
 */
const TABLE = [
  { id: "palette", group: "anywhere", keys: ["Mod+k"] },
  { id: "search", group: "anywhere", keys: ["/"] },
  { id: "new-ticket", group: "anywhere", keys: ["c"], href: paths.newTicket() },
  { id: "keys", group: "anywhere", keys: ["?"] },

  { id: "next-row", group: "lists", keys: ["j"], repeats: true },
  { id: "previous-row", group: "lists", keys: ["k"], repeats: true },
  { id: "open-row", group: "lists", keys: ["o"], native: ["Enter"] },
  { id: "select-row", group: "lists", keys: ["x"] },

  { id: "assign-me", group: "selected", keys: [], buttons: ["assign-me", "assign"] },
  { id: "assign", group: "selected", keys: ["a"] },
  { id: "solve", group: "selected", keys: ["e"], buttons: ["solve", "status"] },
  { id: "status", group: "selected", keys: [] },
  { id: "priority", group: "selected", keys: [] },
  { id: "tag", group: "selected", keys: [] },
  { id: "snooze", group: "selected", keys: ["s"] },
  { id: "merge", group: "selected", keys: [] },
  { id: "spam", group: "selected", keys: [] },

  { id: "reply", group: "ticket", keys: ["r"] },
  { id: "note", group: "ticket", keys: ["n"] },
  { id: "forward", group: "ticket", keys: ["f"] },
  { id: "send", group: "ticket", keys: [], native: ["Mod+Enter"] },
  { id: "undo", group: "ticket", keys: ["z"], buttons: ["undo-send", "undo"] },
  { id: "previous-ticket", group: "ticket", keys: ["["] },
  { id: "next-ticket", group: "ticket", keys: ["]"] },
  { id: "relate", group: "ticket", keys: [] },

  view("my-open", "g m"),
  view("unassigned", "g u"),
  view("all-open", "g i"),
  view("waiting", "g w"),
  view("snoozed", "g z"),
  view("solved", "g d"),
  view("automatic", "g b"),
  { ...view("spam-view", "g s"), href: paths.tickets({ view: "spam" }) },
  { id: "contacts", group: "go", keys: ["g c"], href: paths.contacts() },
  { id: "help", group: "go", keys: ["g h"], href: paths.help() },
  admin("email-accounts", "g a", paths.emailAccounts),
  admin("mail", "g l", paths.mail()),
  admin("people", "g p", paths.people),
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

type KeyNames = {
  isMac: boolean;
  /** what this language calls Ctrl */
  control: string;
};

/** What is pressed one after the other: "G", "I"; "⌘ K" or, by the name of that key, "Ctrl K". */
export function keyCaps(key: string, { isMac, control }: KeyNames): string[] {
  return key.split(" ").map((cap) => {
    const letter = cap.replace("Mod+", "");
    const name = letter.length === 1 ? letter.toUpperCase() : letter;
    return cap === letter ? name : `${isMac ? "⌘" : control} ${name}`;
  });
}

function view<Id extends string>(id: Id, key: string) {
  const href = paths.tickets({ view: id });
  return { id, group: "go", keys: [key], href } as const;
}

function admin<Id extends string>(id: Id, key: string, href: string) {
  return { id, group: "go", keys: [key], href, onlyAdmin: true } as const;
}
