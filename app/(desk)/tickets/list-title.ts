/** The document's title of a list: "(3) All open · Mailroom". From 100 on it says "99+". */
export function unreadTitle(title: string, unread: number): string {
  return `${unreadMark(unread)}${title} · Mailroom`;
}

/** "(3) ", or nothing. */
export function unreadMark(unread: number): string {
  if (unread === 0) return "";
  return `(${unread > 99 ? "99+" : unread}) `;
}
