const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether `text` may be the id of a row. Postgres throws on anything else, so ask before a query. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
