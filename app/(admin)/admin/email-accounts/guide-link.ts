import { paths } from "@/app/paths";

/** The part of the guides that is about a failure, by the cause as lib/mail/error-catalogue.ts words it. */
export function guideFor(cause: string): { href: string; label: string } {
  if (/\bsign-in\b|\bconsent\b|\btoken\b|Mailroom's app/i.test(cause)) {
    const at = /\bGoogle\b/.test(cause) ? "google" : "microsoft";
    return { href: paths.help("sign-in-apps", at), label: "About signing in" };
  }
  if (/\bMicrosoft\b|^Authenticated SMTP\b/.test(cause))
    return { href: paths.help("sign-in-apps", "microsoft"), label: "What works with Microsoft" };
  if (/\bGoogle\b/.test(cause))
    return { href: paths.help("gmail-app-password"), label: "Where to click at Google" };
  return {
    href: paths.help("email-troubleshooting", "the-imap-connection-test-failed"),
    label: "What to check",
  };
}
