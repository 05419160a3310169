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
import type { Language } from "@/app/words/dictionary";
import { pageLanguage, wordsOf } from "@/app/words/page-language";
import { ticketWords } from "@/app/words/tickets";
import { viewsWords } from "@/app/words/views";
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

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await wordsOf(viewsWords)).title };
}

/** All saved views a person has: to name, order, share and delete them. */
export default async function SavedViewsPage() {
  const agent = await requireAgent();
  const [views, choices] = await Promise.all([listSavedViews(agent), listFilterChoices(agent)]);
  const language = await pageLanguage();
  const words = viewsWords[language];
  const inMenu = new Set(viewsOfMenu(views).map(({ id }) => id));
  const groups = [
    { title: words.shared, rows: views.shared },
    { title: words.own, rows: views.own },
  ];
  return (
    <>
      <PageHeader
        title={words.title}
        back={{ href: paths.tickets(), label: words.backToTickets }}
      />
      {groups.every(({ rows }) => rows.length === 0) && (
        <EmptyState
          title={words.none}
          action={
            <LinkButton href={paths.tickets()}>
              {ticketWords[language].views["all-open"]}
            </LinkButton>
          }
        >
          {words.noneHint}
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
                    language={language}
                  />
                ))}
              </ul>
            </section>
          ),
      )}
    </>
  );
}

type RowProps = {
  view: SavedView;
  choices: FilterChoices;
  isInMenu: boolean;
  isAlone: boolean;
  language: Language;
};

function Row({ view, choices, isInMenu, isAlone, language }: RowProps) {
  const words = viewsWords[language];
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
          {queryText(parseTicketAddress(view.query).query, choices, language)}
        </p>
        <p className="text-ink-3">
          {isShared && makerName && `${words.madeBy(makerName)} `}
          {!isInMenu && words.notInMenu}
        </p>
        {mayChange && (
          <Disclosure label={words.rename} className="mt-1">
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
                label={words.moveUp(name)}
              >
                <ArrowUp aria-hidden className="icon" />
              </ActionButton>
              <ActionButton
                action={move}
                fields={{ id, way: "down" }}
                busy="…"
                label={words.moveDown(name)}
              >
                <ArrowDown aria-hidden className="icon" />
              </ActionButton>
            </>
          )}
          <ActionButton
            action={share}
            fields={{ id, isShared: isShared ? "no" : "yes" }}
            busy={isShared ? words.takingBack : words.sharing}
            label={isShared ? words.stopSharingView(name) : words.shareView(name)}
          >
            {isShared ? words.stopSharing : words.share}
          </ActionButton>
          <ConfirmDialog
            trigger={words.delete}
            triggerSize="small"
            title={words.deleteQuestion(name)}
            confirm={words.deleteView}
            busy={words.deleting}
            action={remove}
            fields={{ id }}
          >
            {isShared ? `${words.goesFromMenus} ` : ""}
            {words.ticketsStay}
          </ConfirmDialog>
        </div>
      )}
    </li>
  );
}
