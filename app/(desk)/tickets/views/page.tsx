import { ArrowDown, ArrowUp } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { ActionButton } from "@/app/ui/action-button";
import { LinkButton } from "@/app/ui/button";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import { Disclosure } from "@/app/ui/disclosure";
import { EmptyState } from "@/app/ui/empty-state";
import { PageHeader } from "@/app/ui/page-header";
import { listFilterChoices } from "@/lib/tickets/list";
import { parseTicketAddress } from "@/lib/tickets/query";
import {
  listSavedViews,
  type SavedView,
  VIEW_NAME_MAX,
  viewsOfMenu,
} from "@/lib/tickets/saved-views";
import { queryText } from "../filter-chips";
import type { FilterChoices } from "../filter-panel";
import { move, remove, share } from "./actions";
import { RenameForm } from "./rename-form";

export const metadata: Metadata = { title: "Saved views" };

/** All saved views a person has: to name, order, share and delete them. */
export default async function SavedViewsPage() {
  const agent = await requireAgent();
  const [views, choices] = await Promise.all([listSavedViews(agent), listFilterChoices(agent)]);
  const inMenu = new Set(viewsOfMenu(views).map(({ id }) => id));
  const groups = [
    { title: "Shared with everybody", rows: views.shared },
    { title: "Your own", rows: views.own },
  ];
  return (
    <>
      <PageHeader
        title="Saved views"
        back={{ href: paths.tickets(), label: "Back to the tickets" }}
      />
      {groups.every(({ rows }) => rows.length === 0) && (
        <EmptyState
          title="No view is saved yet."
          action={<LinkButton href={paths.tickets()}>All open</LinkButton>}
        >
          Filter or sort a list of tickets, then press “Save view” above it: it gets a line in the
          menu, with its number of tickets.
        </EmptyState>
      )}
      {groups.map(
        ({ title, rows }) =>
          rows.length > 0 && (
            <section key={title} aria-label={title}>
              <h2 className="gutter pt-5 pb-2 text-section font-semibold">{title}</h2>
              <ul className="border-t border-rule">
                {rows.map((view) => (
                  <Row
                    key={view.id}
                    view={view}
                    choices={choices}
                    isInMenu={inMenu.has(view.id)}
                    isAlone={rows.length === 1}
                  />
                ))}
              </ul>
            </section>
          ),
      )}
    </>
  );
}

type RowProps = { view: SavedView; choices: FilterChoices; isInMenu: boolean; isAlone: boolean };

function Row({ view, choices, isInMenu, isAlone }: RowProps) {
  const { id, name, isShared, makerName, mayChange } = view;
  return (
    <li className="gutter flex flex-wrap items-start gap-x-3 gap-y-2 border-b border-rule py-2.5 text-sm">
      <div className="min-w-0 flex-[1_1_280px]">
        <Link
          href={paths.tickets(view.query)}
          prefetch={false}
          dir="auto"
          className="link text-base font-semibold wrap-anywhere"
        >
          {name}
        </Link>
        <p className="wrap-anywhere text-ink-3">
          {queryText(parseTicketAddress(view.query).query, choices)}
        </p>
        <p className="text-ink-3">
          {isShared && makerName && `Made by ${makerName}. `}
          {!isInMenu && "Not in the menu, which shows the first twelve: move it up."}
        </p>
        {mayChange && (
          <Disclosure label="Rename" className="mt-1">
            <RenameForm id={id} name={name} nameMax={VIEW_NAME_MAX} />
          </Disclosure>
        )}
      </div>
      {mayChange && (
        <div className="flex flex-wrap items-center gap-2">
          {!isAlone && (
            <>
              <ActionButton
                action={move}
                fields={{ id, way: "up" }}
                busy="…"
                label={`Move ${name} up`}
              >
                <ArrowUp aria-hidden className="icon" />
              </ActionButton>
              <ActionButton
                action={move}
                fields={{ id, way: "down" }}
                busy="…"
                label={`Move ${name} down`}
              >
                <ArrowDown aria-hidden className="icon" />
              </ActionButton>
            </>
          )}
          <ActionButton
            action={share}
            fields={{ id, isShared: isShared ? "no" : "yes" }}
            busy={isShared ? "Taking back…" : "Sharing…"}
            label={isShared ? `Stop sharing ${name}` : `Share ${name}`}
          >
            {isShared ? "Stop sharing" : "Share"}
          </ActionButton>
          <ConfirmDialog
            trigger="Delete"
            triggerSize="small"
            title={`Delete the view “${name}”?`}
            confirm="Delete view"
            busy="Deleting…"
            action={remove}
            fields={{ id }}
          >
            {isShared ? "It goes out of everybody’s menu. " : ""}Its tickets stay as they are.
          </ConfirmDialog>
        </div>
      )}
    </li>
  );
}
