import type { Metadata } from "next";
import { canSendLinks } from "@/lib/invitations";
import { requireAdmin } from "../../../../auth";
import { paths } from "../../../../paths";
import { PageHeader } from "../../../../ui/page-header";
import { PersonForm } from "./person-form";

export const metadata: Metadata = { title: "Add person" };

export default async function NewPersonPage() {
  await requireAdmin();
  return (
    <>
      <PageHeader title="Add person" back={{ href: paths.people, label: "Back to People" }} />
      <div className="gutter max-w-[656px] py-5">
        <PersonForm canSend={await canSendLinks()} />
      </div>
    </>
  );
}
