import { db } from "../db/client";
import type { OAuthProvider } from "./providers";

/** How many accounts sign in at each provider. */
export async function accountsByApp(): Promise<Record<OAuthProvider, number>> {
  const counts = { MICROSOFT: 0, GOOGLE: 0 };
  const groups = await db().prisma.emailAccount.groupBy({
    by: ["provider"],
    where: { provider: { not: "SMTP" } },
    _count: { _all: true },
  });
  for (const { provider, _count } of groups) {
    if (provider !== "SMTP") counts[provider] = _count._all;
  }
  return counts;
}
