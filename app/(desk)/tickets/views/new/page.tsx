import type { Metadata } from "next";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { Callout } from "@/app/ui/callout";
import { PageHeader } from "@/app/ui/page-header";
import { filterWords } from "@/app/words/filters";
import { pageLanguage, wordsOf } from "@/app/words/page-language";
import { viewsWords } from "@/app/words/views";
import { listFilterChoices } from "@/lib/tickets/list";
import { firstPageString, parseTicketQuery } from "@/lib/tickets/query";
import { listSavedViews, VIEW_NAME_MAX } from "@/lib/tickets/saved-views";
import { queryText } from "../../filter-chips";
import { addressNoteText } from "../../note-words";
import { SaveViewForm } from "./save-view-form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await wordsOf(viewsWords)).save };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Gives the list whose address this page has a name. */
export default async function SaveViewPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const { query, notes } = parseTicketQuery(await searchParams);
  const language = await pageLanguage();
  const words = viewsWords[language];
  const address = firstPageString(query);
  const [choices, { shared, own }] = await Promise.all([
    listFilterChoices(agent),
    listSavedViews(agent),
  ]);
  return (
    <>
      <PageHeader
        title={words.save}
        back={{ href: paths.tickets(address), label: words.backToList }}
      />
      <div className="gutter max-w-[656px] space-y-4 py-5">
        {notes.length > 0 && (
          <Callout tone="amber" title={filterWords[language].addressNotes}>
            {notes
              .map((note) => addressNoteText(note, language))
              .map((text) => (
                <p key={text}>{text}</p>
              ))}
          </Callout>
        )}
        <p className="wrap-anywhere text-ink-2">{queryText(query, choices, language)}</p>
        <SaveViewForm
          address={address}
          listHref={paths.tickets(address)}
          nameMax={VIEW_NAME_MAX}
          views={[...shared, ...own]
            .filter(({ mayChange }) => mayChange)
            .map(({ id, name }) => ({ id, name }))}
        />
      </div>
    </>
  );
}
