import { currentUser } from "@/app/auth";
import { countNews, countUnread, isMoment } from "@/lib/tickets/news";
import { parseTicketQuery } from "@/lib/tickets/query";

export const dynamic = "force-dynamic";

/**
 * What of a list (`?list=`, as ticketQueryString() writes it) has come since a moment (`?since=`),
 * and how much of it is unread: `{tickets, replies, unread}`.
 */
export async function GET(request: Request): Promise<Response> {
  const user = await currentUser();
  if (!user || user.role === "CUSTOMER") return new Response("Not found\n", { status: 404 });
  const params = new URL(request.url).searchParams;
  const since = params.get("since") ?? "";
  if (!isMoment(since)) return new Response("Not a moment\n", { status: 400 });
  const list = Object.fromEntries(new URLSearchParams((params.get("list") ?? "").slice(0, 2000)));
  const { query } = parseTicketQuery(list);
  const [news, unread] = await Promise.all([
    countNews(user, query, since),
    countUnread(user, query),
  ]);
  return Response.json({ ...news, unread }, { headers: { "Cache-Control": "no-store" } });
}
