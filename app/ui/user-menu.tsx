import { LogOut, Monitor, Moon, Sun, UserPen } from "lucide-react";
import Link from "next/link";
import type { SignedIn } from "../auth";
import { paths } from "../paths";
import { setTheme, signOut, signOutEverywhere } from "../session-actions";
import type { Theme } from "../theme";
import type { WordsIn } from "../words/dictionary";
import type { shellWords } from "../words/shell";
import { Avatar } from "./avatar";
import { classNames } from "./class-names";

const CHOICES = [
  { theme: "system", Icon: Monitor },
  { theme: "light", Icon: Sun },
  { theme: "dark", Icon: Moon },
] as const;

const line =
  "flex min-h-8 w-full items-center gap-2.5 rounded-control px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink max-md:min-h-11";

/** Who is signed in; behind it the theme and the ways out. Opens without JavaScript. */
export function UserMenu({
  user,
  theme,
  words,
}: {
  user: SignedIn;
  theme: Theme;
  words: WordsIn<typeof shellWords>;
}) {
  return (
    <div className="mt-auto border-t border-rule pt-2.5">
      <button
        type="button"
        popoverTarget="user-menu"
        className="flex h-9 w-full items-center gap-[9px] rounded-control px-2 text-[13.5px] text-ink-2 hover:bg-hover max-md:h-11"
      >
        <Avatar name={user.name} isMe />
        <span className="truncate" dir="auto">
          {user.name}
        </span>
        <span className="sr-only">{words.accountMenu}</span>
      </button>
      <div
        id="user-menu"
        popover="auto"
        className="fixed inset-auto bottom-16 left-2.5 m-0 w-60 rounded-panel border border-rule bg-float p-1.5 text-ink shadow-float"
      >
        <div className="px-2 pt-1 pb-2">
          <p className="truncate text-sm font-semibold" dir="auto">
            {user.name}
          </p>
          <p className="truncate text-xs text-ink-3">
            {user.email} · {words.roles[user.role]}
          </p>
        </div>
        <form
          action={setTheme}
          className="flex gap-1 border-t border-rule py-1.5"
          aria-label={words.theme}
        >
          {CHOICES.map(({ theme: choice, Icon }) => (
            <button
              key={choice}
              type="submit"
              name="theme"
              value={choice}
              aria-pressed={theme === choice}
              className={classNames(
                "flex min-h-8 grow items-center justify-center gap-1.5 rounded-control text-xs max-md:min-h-11",
                theme === choice
                  ? "bg-selected font-semibold text-ink"
                  : "text-ink-2 hover:bg-hover hover:text-ink",
              )}
            >
              <Icon aria-hidden className="icon-badge" />
              {words.themes[choice]}
            </button>
          ))}
        </form>
        <div className="border-t border-rule pt-1.5">
          <Link href={paths.profile} className={classNames(line, "no-underline")}>
            <UserPen aria-hidden className="icon" />
            {words.profile}
          </Link>
          <form action={signOut}>
            <button type="submit" className={line}>
              <LogOut aria-hidden className="icon" />
              {words.signOut}
            </button>
          </form>
          <form action={signOutEverywhere}>
            <button type="submit" className={classNames(line, "pl-[34px]")}>
              {words.signOutEverywhere}
            </button>
          </form>
        </div>
      </div>
    </div>
  );
}
