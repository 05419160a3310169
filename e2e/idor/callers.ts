import { encode } from "next-auth/jwt";
import { db } from "@/lib/db/client";
import { env } from "@/lib/env";
import { deriveKey } from "@/lib/secrets";
import { startSession } from "@/lib/sessions";
import { createAccount, createCustomer, createUser } from "@/lib/testing/factories";

/** Who asks: nobody, the customer whose ticket it is, another customer, an agent, an admin. */
export const CALLERS = ["signed out", "owner", "other customer", "agent", "admin"] as const;
export type Caller = (typeof CALLERS)[number];

export const DESK: readonly Caller[] = ["agent", "admin"];
export const ADMIN: readonly Caller[] = ["admin"];
export const SIGNED_IN: readonly Caller[] = ["owner", "other customer", "agent", "admin"];
export const NOBODY: readonly Caller[] = [];

export type People = { ids: Record<Exclude<Caller, "signed out">, string>; ownerContactId: string };

/** One user of each kind, and the default account that answers leave from. */
export async function createPeople(): Promise<People> {
  const owner = await createCustomer();
  const other = await createCustomer();
  const agent = await createUser({ role: "AGENT" });
  const admin = await createUser({ role: "ADMIN" });
  await createAccount({ isDefault: true });
  return {
    ids: {
      owner: owner.user.id,
      "other customer": other.user.id,
      agent: agent.id,
      admin: admin.id,
    },
    ownerContactId: owner.contact.id,
  };
}

/** The cookie of a sign-in of its own, so that one call's sign-out ends no other call's session. */
export async function cookieOf(caller: Caller, { ids }: People): Promise<string> {
  if (caller === "signed out") return "";
  const sid = await startSession(ids[caller], "idor");
  const secret = deriveKey(env().APP_SECRET, "next-auth").toString("hex");
  return `next-auth.session-token=${await encode({ token: { sid }, secret })}`;
}

/** What the database holds, table by table, apart from what mere reading may leave behind. */
export async function fingerprint(): Promise<Record<string, string>> {
  const { pool } = db();
  const tables = await pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
     AND tablename NOT IN ('RateLimit', 'TicketRead', '_prisma_migrations')`,
  );
  const parts = tables.rows.map(
    ({ name }) =>
      `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS hash FROM "${name}" t`,
  );
  const { rows } = await pool.query<{ name: string; hash: string }>(parts.join(" UNION ALL "));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}
