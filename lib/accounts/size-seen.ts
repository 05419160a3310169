/** The column holds no more; a server that names more takes whatever can be sent. */
const SIZE_KEPT_MAX = 2_147_483_647;

/** The limit of a server as it is kept; null for one that names none. */
export function keptSize(sizeMax: number | null): number | null {
  return sizeMax === null ? null : Math.min(sizeMax, SIZE_KEPT_MAX);
}

/** What a test of a form not yet saved has learnt, as the form carries it: `host port bytes`. */
export function sizeSeen(server: { host: string; port: number }, sizeMax: number | null): string {
  return sizeMax === null ? "" : `${server.host} ${server.port} ${keptSize(sizeMax)}`;
}

/** The bytes that sizeSeen() noted of the server that is now saved; null for any other. */
export function seenAt(
  seen: string,
  { smtpHost, smtpPort }: { smtpHost: string; smtpPort: number },
): number | null {
  const [host, port, bytes = ""] = seen.split(" ");
  if (host !== smtpHost || port !== String(smtpPort) || !/^\d{1,10}$/.test(bytes)) return null;
  return keptSize(Number(bytes));
}
