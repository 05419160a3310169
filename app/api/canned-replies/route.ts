import { answerSignedIn, notFoundResponse } from "@/app/api/attachments/file-response";
import { listFilledReplies } from "@/lib/tickets/canned-replies";
import { json } from "../desk-answer";

export const dynamic = "force-dynamic";

/** The canned replies an agent has, filled in for a ticket (`?number=`): `{replies}`. */
export async function GET(request: Request): Promise<Response> {
  const number = Number(new URL(request.url).searchParams.get("number"));
  if (!Number.isInteger(number) || number < 1 || number > 2_147_483_647) return notFoundResponse();
  return answerSignedIn(async (agent) => json({ replies: await listFilledReplies(agent, number) }));
}
