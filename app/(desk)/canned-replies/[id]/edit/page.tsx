import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { AppError } from "@/lib/errors";
import { CANNED_NAME_MAX, getCannedReply } from "@/lib/tickets/canned-replies";
import { VARIABLES } from "@/lib/tickets/canned-variables";
import { CannedReplyForm } from "../../canned-reply-form";

export const metadata: Metadata = { title: "Edit canned reply" };

type Props = { params: Promise<{ id: string }> };

export default async function EditCannedReplyPage({ params }: Props) {
  const agent = await requireAgent();
  const { id } = await params;
  const reply = await getCannedReply(agent, id).catch((error) => {
    if (error instanceof AppError) notFound();
    throw error;
  });
  return (
    <>
      <PageHeader
        title="Edit canned reply"
        back={{ href: paths.cannedReplies, label: "Back to the canned replies" }}
      />
      <div className="gutter max-w-[656px] py-5">
        <CannedReplyForm
          reply={{ id, name: reply.name, body: reply.body, isShared: reply.isShared }}
          nameMax={CANNED_NAME_MAX}
          variables={VARIABLES}
        />
      </div>
    </>
  );
}
