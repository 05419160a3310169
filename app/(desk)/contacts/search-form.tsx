import { Search } from "lucide-react";
import Form from "next/form";
import { LinkButton } from "@/app/ui/button";

/** Finds people by part of a name or address; what is looked for stands in the page's address. */
export function SearchForm({ action, q, autoFocus }: SearchProps) {
  return (
    <Form
      action={action}
      // A new address is a new form: what was typed for the old one is gone.
      key={q}
      className="gutter flex flex-wrap items-center gap-2 border-b border-rule py-2.5"
    >
      <label className="flex h-8 min-w-0 flex-[1_1_260px] items-center gap-2 rounded-control border border-edge px-2.5 text-ink-3 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus max-md:h-11">
        <Search aria-hidden className="icon" />
        <span className="sr-only">Search contacts</span>
        <input
          type="search"
          name="q"
          defaultValue={q}
          maxLength={200}
          placeholder="Name or address"
          // biome-ignore lint/a11y/noAutofocus: a page whose one purpose is to find somebody
          autoFocus={autoFocus}
          className="h-full min-w-0 grow bg-transparent text-base text-ink outline-none max-md:text-lg"
        />
      </label>
      {q && (
        <LinkButton href={action} variant="quiet" size="small">
          Clear search
        </LinkButton>
      )}
    </Form>
  );
}

type SearchProps = {
  action: string;
  q: string;
  autoFocus?: boolean;
};
