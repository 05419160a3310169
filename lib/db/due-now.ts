/**
 * SQL: what this column says is due. Times are stored rounded to the millisecond, up as well as down:
 * what was made due just now may seem due half a millisecond from now, and would wait for the next pass.
 * @param column as it stands in the statement, a `timestamptz(3)`: `n."dueAt"`.
 */
export const isDueNow = (column: string) => `${column} <= now() + interval '1 millisecond'`;
