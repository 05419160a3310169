import type { ReactNode } from "react";
import type { DetectedServer, Detection } from "@/lib/accounts/detect";
import type { SecurityChoice } from "@/lib/accounts/schema";

const SOURCES = {
  "smtp-host": "found by the SMTP host",
  address: "found by the address",
  mx: "found by the domain's MX record",
} as const;

/** "Google Workspace, found by the domain's MX record. …", at the field that told it. */
export function detectedProvider(
  detection: Detection | null,
  at: "address" | "smtp-host",
): ReactNode {
  if (!detection) return null;
  const { provider, foundBy, smtp } = detection;
  if (!provider || !foundBy) return null;
  const belongsHere = (foundBy === "smtp-host") === (at === "smtp-host");
  if (!belongsHere) {
    const isFilled = at === "smtp-host" && smtp.source === "detected";
    return isFilled && `Detected: ${smtp.host}. Leave blank to use it.`;
  }
  return `${provider.name}, ${SOURCES[foundBy]}.`;
}

/** What stands below IMAP Host: the detected one, a guess marked as a guess, or that none is known. */
export function detectedImap(detection: Detection | null): { fact?: ReactNode; hint?: ReactNode } {
  if (!detection) return {};
  const { imap, smtp, provider } = detection;
  switch (imap.source) {
    case "given":
      return {};
    case "detected":
      return { fact: `Detected: ${imap.host}. Leave blank to use it.` };
    case "none":
      if (provider) return { hint: `${provider.name} has no IMAP server that could be polled.` };
      if (imap.guess) return { hint: `Not known. A guess, not tested: ${imap.guess}.` };
      return smtp.host ? { hint: "Not known: enter it to poll this account." } : {};
  }
}

const ENCRYPTIONS = { tls: "SSL/TLS", starttls: "STARTTLS", none: "Not encrypted" } as const;

/** The encryption that is chosen or that the port speaks; or that the port is another protocol's. */
export function portHint(
  server: DetectedServer | undefined,
  choice: SecurityChoice | undefined,
): ReactNode {
  if (!server) return null;
  if (server.warning) return <span className="text-amber">{server.warning}</span>;
  return ENCRYPTIONS[choice && choice !== "auto" ? choice : server.security];
}
