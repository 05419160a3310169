import {
  AlarmClock,
  ArrowDown,
  ArrowRight,
  ArrowUp,
  ChevronsUp,
  CircleCheck,
  CircleDot,
  Forward,
  Hash,
  Keyboard,
  Link2,
  LogOut,
  type LucideIcon,
  Merge,
  Monitor,
  Moon,
  Plus,
  Reply,
  Search,
  ShieldX,
  StickyNote,
  Sun,
  Tag,
  Undo2,
  UserPlus,
  UserRound,
} from "lucide-react";
import { startTransition } from "react";
import { paths } from "../paths";
import { setTheme, signOut } from "../session-actions";
import { MENU_ID } from "../ui/menu-id";
import { type Command, type CommandId, commandByHref } from "./commands";
import { fitOf, ticketNumberIn } from "./palette-match";
import { countSelected, focusedRow } from "./rows";
import { isPossible } from "./ticket-commands";

export type Entry = {
  id: string;
  words: string;
  /** Found by these as well. */
  more?: string;
  Icon: LucideIcon;
  keys?: string;
  run: () => void;
};
export type Section = { heading: string; entries: Entry[] };

export type Doing = { run: (command: Command) => void; goTo: (href: string) => void };

const ICONS: Partial<Record<CommandId, LucideIcon>> = {
  "assign-me": UserPlus,
  assign: UserRound,
  solve: CircleCheck,
  status: CircleDot,
  priority: ChevronsUp,
  tag: Tag,
  snooze: AlarmClock,
  merge: Merge,
  spam: ShieldX,
  reply: Reply,
  note: StickyNote,
  forward: Forward,
  undo: Undo2,
  relate: Link2,
  "previous-ticket": ArrowUp,
  "next-ticket": ArrowDown,
  "new-ticket": Plus,
  keys: Keyboard,
};

/** What the palette offers on the page as it is now, before anything is typed. */
export function sectionsNow(commands: readonly Command[], { run, goTo }: Doing): Section[] {
  const entryOf = (command: Command): Entry => ({
    ...{ id: command.id, words: command.words, keys: command.keys[0] },
    ...{ Icon: ICONS[command.id] ?? ArrowRight, run: () => run(command) },
  });
  const isAdmin = commands.some(({ onlyAdmin }) => onlyAdmin);
  const link = (words: string, href: string, more?: string): Entry => ({
    ...{ id: href, words, more, Icon: ArrowRight, run: () => goTo(href) },
  });
  const choose = (group: Command["group"]) =>
    commands.filter((command) => command.group === group && isPossible(command)).map(entryOf);
  const one = (id: CommandId) => commands.filter((command) => command.id === id).map(entryOf);
  const sections = [
    { heading: selectedText(), entries: choose("Selected tickets") },
    { heading: "Ticket", entries: choose("Ticket") },
    { heading: "Go to", entries: menuEntries(commands, goTo) },
    {
      heading: "More",
      entries: [
        ...one("new-ticket"),
        link("Your profile", paths.profile, "password sessions single keys"),
        ...(isAdmin
          ? [
              link("Add Email Account", paths.newEmailAccount),
              link("Add person", paths.newPerson, "agent admin invite"),
              link("Blocked senders", paths.blocked),
            ]
          : []),
        ...one("keys"),
      ],
    },
    { heading: "Theme and session", entries: [...THEMES, SIGN_OUT] },
  ];
  return sections.filter(({ entries }) => entries.length > 0);
}

/**
 * The sections for what was typed, the best fit first; a ticket's number leads there, and at the end
 * stands the search for the words.
 */
export function sectionsFor(typed: string, sections: Section[], { goTo }: Doing): Section[] {
  const text = typed.trim();
  if (text === "") return sections;
  const number = ticketNumberIn(text);
  const opens: Entry[] =
    number === null
      ? []
      : [
          {
            ...{ id: "ticket", words: `Open ticket #${number}`, Icon: Hash },
            run: () => goTo(paths.ticket(number)),
          },
        ];
  const searches: Entry = {
    ...{ id: "search-words", words: `Search tickets for “${text}”`, Icon: Search },
    run: () => goTo(paths.tickets({ q: text })),
  };
  const fitting = sections
    .map(({ heading, entries }) => {
      const rated = entries
        .map((entry) => ({ entry, fit: fitOfEntry(entry, text) }))
        .filter(({ fit }) => fit > 0)
        .sort((a, b) => b.fit - a.fit);
      return { heading, entries: rated.map(({ entry }) => entry), fit: rated[0]?.fit ?? 0 };
    })
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit);
  return [
    ...(opens.length > 0 ? [{ heading: "Ticket", entries: opens }] : []),
    ...fitting,
    { heading: "Search", entries: [searches] },
  ];
}

const fitOfEntry = ({ words, more }: Entry, typed: string) =>
  fitOf(words, typed) || (more && fitOf(`${words} ${more}`, typed) ? 1 : 0);

/** Where the main menu leads: its views, those somebody saved, and the pages of one's role. */
function menuEntries(commands: readonly Command[], goTo: Doing["goTo"]): Entry[] {
  const lines = document.querySelectorAll<HTMLElement>(`#${MENU_ID} a[href] [data-label]`);
  return [...lines].flatMap((label) => {
    const href = label.closest("a")?.getAttribute("href");
    if (!href) return [];
    const command = commandByHref(href);
    const keys = command && commands.includes(command) ? command.keys[0] : undefined;
    const words = label.textContent.trim();
    return [{ id: href, words, keys, Icon: ArrowRight, run: () => goTo(href) }];
  });
}

/** Whom the commands for tickets are about. */
function selectedText(): string {
  const count = countSelected();
  if (count > 0) return count === 1 ? "1 selected ticket" : `${count} selected tickets`;
  const subject = focusedRow()?.querySelector("a[href]")?.textContent;
  return subject ? `Ticket “${subject}”` : "This ticket";
}

const THEMES: Entry[] = (
  [
    ["light", "Light theme", Sun],
    ["dark", "Dark theme", Moon],
    ["system", "Theme of the system", Monitor],
  ] as const
).map(([theme, words, Icon]) => ({
  ...{ id: `theme-${theme}`, words, Icon, more: "look colours" },
  run: () => {
    const form = new FormData();
    form.set("theme", theme);
    startTransition(() => setTheme(form));
  },
}));

const SIGN_OUT: Entry = {
  ...{ id: "sign-out", words: "Sign out", Icon: LogOut, more: "log out leave" },
  run: () => startTransition(() => signOut()),
};
