import type pg from "pg";

/** A SELECT and its parameters, the first of which is its own $1. Rows must be of what JSON can say: no dates. */
export type Question = { text: string; values: readonly unknown[] };

/**
 * Asks questions that do not wait for each other's answers in one statement: each by itself is a way
 * there and back, and Postgres and this process would take turns at it.
 * @returns each one's rows, by its name. Throws what Postgres says of any of them.
 */
export async function askTogether<Answers extends Record<string, object>>(
  client: Pick<pg.PoolClient, "query">,
  questions: { readonly [Name in keyof Answers & string]: Question },
): Promise<{ [Name in keyof Answers]: Answers[Name][] }> {
  const values: unknown[] = [];
  const parts = Object.entries<Question>(questions).map(([name, { text, values: own }]) => {
    const before = values.length;
    values.push(...own);
    const renumbered = text.replace(/\$(\d+)/g, (_, n) => `$${Number(n) + before}`);
    return `(SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (${renumbered}) q) AS "${name}"`;
  });
  const { rows } = await client.query(`SELECT ${parts.join(",\n")}`, values);
  return rows[0];
}
