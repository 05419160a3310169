import { ChevronLeft, Menu } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { wordsOf } from "../words/page-language";
import { uiWords } from "../words/ui";
import { MENU_ID } from "./menu-id";

const barButton =
  "grid size-11 place-items-center rounded-control text-ink-2 hover:bg-hover hover:text-ink md:hidden";

/**
 * Title of a page with what belongs beside it. On a phone the title stands in the 52 px bar, with the
 * menu or, with `back`, the way back; the rest follows in a row below.
 */
export async function PageHeader({
  title,
  meta,
  children,
  back,
}: {
  title: ReactNode;
  /** Beside the title, in quiet ink: a count, an interval. */
  meta?: ReactNode;
  /** Buttons at the right. */
  children?: ReactNode;
  back?: { href: string; label: string };
}) {
  const words = await wordsOf(uiWords);
  const hasRest = Boolean(meta || children);
  return (
    <header className="border-rule max-md:contents md:flex md:flex-wrap md:items-center md:gap-3 md:border-b md:px-7 md:pt-[18px] md:pb-3.5">
      <div className="flex min-w-0 items-center gap-1.5 border-rule max-md:sticky max-md:top-0 max-md:z-10 max-md:h-[52px] max-md:border-b max-md:bg-canvas max-md:px-2">
        {back ? (
          <Link href={back.href} className={barButton} aria-label={back.label}>
            <ChevronLeft aria-hidden className="icon" />
          </Link>
        ) : (
          <button
            type="button"
            popoverTarget={MENU_ID}
            className={barButton}
            aria-label={words.menu}
          >
            <Menu aria-hidden className="icon" />
          </button>
        )}
        <h1
          className="min-w-0 truncate text-xl font-semibold tracking-[-0.01em] max-md:text-section max-md:tracking-normal"
          dir="auto"
        >
          {title}
        </h1>
      </div>
      {hasRest && (
        <div className="flex grow flex-wrap items-center gap-3 border-rule max-md:relative max-md:border-b max-md:px-4 max-md:py-2.5">
          {meta && <div className="text-ink-2 md:grow">{meta}</div>}
          {children && (
            <div className="flex flex-wrap items-center gap-2 max-md:min-w-0 max-md:grow max-md:justify-end md:ml-auto">
              {children}
            </div>
          )}
        </div>
      )}
    </header>
  );
}
