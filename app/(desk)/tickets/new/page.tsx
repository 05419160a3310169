import type { Metadata } from "next";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { listFilterChoices } from "@/lib/tickets/list";
import { NewTicketForm } from "./new-ticket-form";

export const metadata: Metadata = { title: "New ticket" };

export default async function NewTicketPage() {
  const agent = await requireAgent();
  const { accounts } = await listFilterChoices(agent);
  return (
    <>
      <PageHeader
        title="New ticket"
        back={{ href: paths.tickets(), label: "Back to the tickets" }}
      />
      <div className="gutter max-w-[656px] py-5">
        <NewTicketForm accounts={accounts.filter(({ isActive }) => isActive)} />
      </div>
    </>
  );
}
