import { db } from "../db/client";
import { type Actor, requireDesk } from "./access";
import type { TicketQuery } from "./query";

/** What of a filter is gone. */
export type GoneFilter = { what: "account" | "assignee" } | { what: "tag"; tag: string };

/**
 * What a list asks for that exists no more, or never did: such a list stays empty whatever comes. An
 * address or a saved view may name an account, a tag or a person long gone.
 */
export async function describeGoneFilters(
  viewer: Actor,
  query: TicketQuery,
): Promise<GoneFilter[]> {
  requireDesk(viewer);
  const { account, tag, assignee } = query;
  const { emailAccount, tag: tags, user } = db().prisma;
  const isPerson = assignee !== null && assignee !== "me" && assignee !== "none";
  const [knowsAccount, knowsTag, knowsPerson] = await Promise.all([
    account === null || emailAccount.count({ where: { id: account } }),
    tag === "" || tags.count({ where: { name: tag } }),
    !isPerson || user.count({ where: { id: assignee, role: { in: ["ADMIN", "AGENT"] } } }),
  ]);
  return [
    ...(knowsAccount ? [] : [{ what: "account" } as const]),
    ...(knowsTag ? [] : [{ what: "tag", tag } as const]),
    ...(knowsPerson ? [] : [{ what: "assignee" } as const]),
  ];
}
