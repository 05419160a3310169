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
import type { Language } from "../words/dictionary";
import { keysWords } from "../words/keys";
import { paletteWords } from "../words/palette";
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

export type Doing = {
  run: (command: Command) => void;
  goTo: (href: string) => void;
  language: Language;
};

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
export function sectionsNow(commands: readonly Command[], doing: Doing): Section[] {
  const { run, goTo, language } = doing;
  const words = paletteWords[language];
  const { groups, commands: names } = keysWords[language];
  const entryOf = (command: Command): Entry => ({
    ...{ id: command.id, words: names[command.id], keys: command.keys[0] },
    ...{ Icon: ICONS[command.id] ?? ArrowRight, run: () => run(command) },
  });
  const isAdmin = commands.some(({ onlyAdmin }) => onlyAdmin);
  const link = (text: string, href: string, more?: string): Entry => ({
    ...{ id: href, words: text, more, Icon: ArrowRight, run: () => goTo(href) },
  });
  const choose = (group: Command["group"]) =>
    commands.filter((command) => command.group === group && isPossible(command)).map(entryOf);
  const one = (id: CommandId) => commands.filter((command) => command.id === id).map(entryOf);
  const sections = [
    { heading: selectedText(language), entries: choose("selected") },
    { heading: groups.ticket, entries: choose("ticket") },
    { heading: groups.go, entries: menuEntries(commands, goTo) },
    {
      heading: words.more,
      entries: [
        ...one("new-ticket"),
        link(words.profile, paths.profile, words.profileMore),
        ...(isAdmin
          ? [
              link(words.addAccount, paths.newEmailAccount),
              link(words.addPerson, paths.newPerson, words.addPersonMore),
              link(words.blocked, paths.blocked),
            ]
          : []),
        ...one("keys"),
      ],
    },
    { heading: words.themeAndSession, entries: sessionEntries(language) },
  ];
  return sections.filter(({ entries }) => entries.length > 0);
}

/**
 * The sections for what was typed, the best fit first; a ticket's number leads there, and at the end
 * stands the search for the words.
 */
export function sectionsFor(typed: string, sections: Section[], doing: Doing): Section[] {
  const { goTo, language } = doing;
  const words = paletteWords[language];
  const text = typed.trim();
  if (text === "") return sections;
  const number = ticketNumberIn(text);
  const opens: Entry[] =
    number === null
      ? []
      : [
          {
            ...{ id: "ticket", words: words.openTicket(number), Icon: Hash },
            run: () => goTo(paths.ticket(number)),
          },
        ];
  const searches: Entry = {
    ...{ id: "search-words", words: words.searchFor(text), Icon: Search },
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
    ...(opens.length > 0 ? [{ heading: keysWords[language].groups.ticket, entries: opens }] : []),
    ...fitting,
    { heading: words.search, entries: [searches] },
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
function selectedText(language: Language): string {
  const words = paletteWords[language];
  const count = countSelected();
  if (count > 0) return words.selected(count);
  const subject = focusedRow()?.querySelector("a[href]")?.textContent;
  return subject ? words.ticket(subject) : words.thisTicket;
}

const THEMES = [
  { theme: "light", Icon: Sun },
  { theme: "dark", Icon: Moon },
  { theme: "system", Icon: Monitor },
] as const;

function sessionEntries(language: Language): Entry[] {
  const words = paletteWords[language];
  const themes = THEMES.map(({ theme, Icon }) => ({
    ...{ id: `theme-${theme}`, words: words.themes[theme], Icon, more: words.themeMore },
    run: () => {
      const form = new FormData();
      form.set("theme", theme);
      startTransition(() => setTheme(form));
    },
  }));
  const leave: Entry = {
    ...{ id: "sign-out", words: words.signOut, Icon: LogOut, more: words.signOutMore },
    run: () => startTransition(() => signOut()),
  };
  return [...themes, leave];
}
