import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { requireAgent, type SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { PageHeader } from "@/app/ui/page-header";
import { type ContactDetails, listContacts, searchText } from "@/lib/contact-list";
import { previewMerge } from "@/lib/contact-merge";
import { AppError } from "@/lib/errors";
import { ContactTable } from "../../contact-table";
import { SearchForm } from "../../search-form";
import { loadContact } from "../load-contact";
import { Confirmation } from "./confirmation";

export const metadata: Metadata = { title: "Merge contacts" };

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** First whom to merge into, then what that means: two steps that work without JavaScript. */
export default async function MergePage({ params, searchParams }: Props) {
  const agent = await requireAgent();
  const contact = await loadContact(agent, (await params).id);
  if (contact.mergedIntoId) redirect(paths.contact(contact.mergedIntoId));
  const { q, into } = await searchParams;
  return (
    <>
      <PageHeader
        title={`Merge ${contact.name || contact.addresses[0]}`}
        back={{ href: paths.contact(contact.id), label: "Back to the contact" }}
      >
        <LinkButton href={paths.contact(contact.id)} variant="quiet" prefetch={false}>
          Cancel
        </LinkButton>
      </PageHeader>
      {typeof into === "string" ? (
        <Confirmation preview={await previewOf(agent, contact.id, into)} />
      ) : (
        <Choice viewer={agent} contact={contact} q={typeof q === "string" ? searchText(q) : ""} />
      )}
    </>
  );
}

async function previewOf(viewer: SignedIn, fromId: string, intoId: string) {
  try {
    return await previewMerge(viewer, { fromId, intoId });
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
}

/** Nobody is offered before something is looked for: the right one among fifty is easily missed. */
async function Choice({
  viewer,
  contact,
  q,
}: {
  viewer: SignedIn;
  contact: ContactDetails;
  q: string;
}) {
  const page = q ? await listContacts(viewer, { q }) : null;
  const others = page?.rows.filter(({ id }) => id !== contact.id) ?? [];
  return (
    <>
      <p className="gutter pt-4 text-ink-2">
        Look for the contact that stays. {contact.addresses.join(", ")} becomes part of it.
      </p>
      <SearchForm action={paths.mergeContact(contact.id)} q={q} autoFocus />
      {page && others.length === 0 && (
        <EmptyState title={`Nobody else’s name or address holds “${q}”.`} />
      )}
      {others.length > 0 && (
        <ContactTable
          rows={others}
          caption="Contacts to merge into"
          choose={(row) => (
            <LinkButton
              href={paths.mergeContact(contact.id, { into: row.id })}
              size="small"
              prefetch={false}
              aria-label={`Merge into ${row.name || row.addresses[0]}`}
            >
              Merge into…
            </LinkButton>
          )}
        />
      )}
      {page?.next && (
        <p className="gutter py-3 text-sm text-ink-2">More are found: look for more of the name.</p>
      )}
    </>
  );
}
