import type { Metadata } from "next";
import { requireUser } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { NewOwnTicketForm } from "./new-own-ticket-form";

export const metadata: Metadata = { title: "New ticket" };

export default async function NewOwnTicketPage() {
  await requireUser();
  return (
    <>
      <PageHeader title="New ticket" back={{ href: paths.my, label: "Back to my tickets" }} />
      <div className="gutter max-w-[656px] py-5">
        <NewOwnTicketForm />
      </div>
    </>
  );
}
