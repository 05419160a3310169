import { currentUser } from "@/app/auth";
import { isMoment, listOwnNews, readMoment } from "@/lib/tickets/news";

export const dynamic = "force-dynamic";

/**
 * Mail on the agent's own tickets and on nobody's since a moment (`?since=`), for desktop
 * notifications, and the moment to ask from next time: `{moment, mails}`. Without `since`, no mails.
 */
export async function GET(request: Request): Promise<Response> {
  const user = await currentUser();
  if (!user || user.role === "CUSTOMER") return new Response("Not found\n", { status: 404 });
  const since = new URL(request.url).searchParams.get("since");
  if (since !== null && !isMoment(since)) return new Response("Not a moment\n", { status: 400 });
  // Read before: a mail between the two is told twice rather than never.
  const moment = await readMoment();
  const mails = since === null ? [] : await listOwnNews(user, since);
  return Response.json({ moment, mails }, { headers: { "Cache-Control": "no-store" } });
}
