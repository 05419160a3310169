/**
 * The form's fields for another port and encryption, as OtherWayOffer writes them into the address of
 * the form: `imap-143-starttls`. None for anything else.
 */
export function offeredWay(use: string | string[] | undefined): Record<string, string> {
  if (typeof use !== "string") return {};
  const [, protocol, port = "", security = ""] =
    /^(imap|smtp)-([1-9]\d{0,4})-(tls|starttls)$/.exec(use) ?? [];
  if (protocol === undefined) return {};
  return { [`${protocol}Port`]: port, [`${protocol}Security`]: security };
}
