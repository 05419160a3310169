import type { Metadata } from "next";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { CANNED_NAME_MAX } from "@/lib/tickets/canned-replies";
import { VARIABLES } from "@/lib/tickets/canned-variables";
import { CannedReplyForm } from "../canned-reply-form";

export const metadata: Metadata = { title: "New canned reply" };

export default async function NewCannedReplyPage() {
  await requireAgent();
  return (
    <>
      <PageHeader
        title="New canned reply"
        back={{ href: paths.cannedReplies, label: "Back to the canned replies" }}
      />
      <div className="gutter max-w-[656px] py-5">
        <CannedReplyForm reply={null} nameMax={CANNED_NAME_MAX} variables={VARIABLES} />
      </div>
    </>
  );
}
