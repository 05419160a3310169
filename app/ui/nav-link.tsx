"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { useKeyHint } from "../keys/key-hint";
import { classNames } from "./class-names";
import { MENU_ID } from "./menu-id";

/** One line of the main menu. */
export function NavLink({
  href,
  icon,
  children,
  count,
  isFallback,
  onlyExact,
  parentOf,
  exactQuery,
  exceptAt,
}: {
  href: string;
  icon: ReactNode;
  children: ReactNode;
  /** At the right: a number, or a sign with its words. */
  count?: ReactNode;
  /** The view that is shown when the address names none. */
  isFallback?: boolean;
  /** Not current on the pages below its own. */
  onlyExact?: boolean;
  /** A page that one goes to from this one, and that has no line of its own. */
  parentOf?: string;
  /** Current only where the address asks for the same, page aside: a saved view. */
  exactQuery?: boolean;
  /** Queries that have a line of their own. */
  exceptAt?: readonly string[];
}) {
  const path = usePathname();
  const params = useSearchParams();
  const [ownPath = "", ownQuery = ""] = href.split("?");
  const ownView = new URLSearchParams(ownQuery).get("view");
  const isHere =
    path === ownPath || path === parentOf || (!onlyExact && path.startsWith(`${ownPath}/`));
  const isView =
    ownView === null || (params.get("view") ?? (isFallback ? ownView : null)) === ownView;
  const isAsked = (query: string) => firstPageOf(query) === firstPageOf(params.toString());
  const isCurrent =
    isHere && (exactQuery ? isAsked(ownQuery) : isView && !exceptAt?.some((one) => isAsked(one)));
  const { title } = useKeyHint({ href });
  return (
    <Link
      href={href}
      // A live page is read again and again, and would ask for every view each time.
      prefetch={false}
      title={title}
      aria-current={isCurrent ? "page" : undefined}
      onClick={() => {
        const menu = document.getElementById(MENU_ID);
        if (menu?.matches(":popover-open")) menu.hidePopover();
      }}
      className={classNames(
        "flex h-[30px] shrink-0 items-center gap-[9px] rounded-control px-2 text-[13.5px] no-underline transition-colors max-md:h-11",
        isCurrent ? "bg-selected font-semibold text-ink" : "text-ink-2 hover:bg-hover",
      )}
    >
      {icon}
      <span data-label className="min-w-0 grow truncate">
        {children}
      </span>
      {count !== undefined && <span className="text-xs font-normal text-ink-3">{count}</span>}
    </Link>
  );
}

/** The parameters of an address in one order, without the place in the list. */
function firstPageOf(query: string): string {
  const params = new URLSearchParams(query);
  params.delete("after");
  params.delete("before");
  params.sort();
  return params.toString();
}
