import type { Metadata } from "next";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { findContactByAddress } from "@/lib/contact-list";
import { cut, oneLine } from "@/lib/mail/text";
import { listFilterChoices } from "@/lib/tickets/list";
import { NewTicketForm } from "./new-ticket-form";

export const metadata: Metadata = { title: "New ticket" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function NewTicketPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const given = (await searchParams).requester;
  const address = typeof given === "string" ? cut(oneLine(given), 254) : "";
  const [{ accounts }, contact] = await Promise.all([
    listFilterChoices(agent),
    address ? findContactByAddress(agent, address) : null,
  ]);
  return (
    <>
      <PageHeader
        title="New ticket"
        back={{ href: paths.tickets(), label: "Back to the tickets" }}
      />
      <div className="gutter max-w-[656px] py-5">
        <NewTicketForm
          // Another requester is another form.
          key={address}
          accounts={accounts.filter(({ isActive }) => isActive)}
          requester={{ address, name: contact?.name ?? "" }}
        />
      </div>
    </>
  );
}
