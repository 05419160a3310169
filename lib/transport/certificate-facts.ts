import { type Handshake, printable } from "./first-contact";
import { textField } from "./mail-error";
import { type Finding, StageFailure } from "./probe-stages";

const WARN_DAYS = 14;

/** The name a certificate was made for, as a person would say it. */
export function nameOf({ certificate }: Handshake): string {
  const names = (certificate.subjectaltname ?? "")
    .split(", ")
    .map((name) => name.replace(/^(DNS|IP Address):/, ""));
  const common: unknown = certificate.subject?.CN;
  const [name = ""] = [common, ...names].filter((text) => typeof text === "string" && text !== "");
  return printable(String(name)) || "nobody";
}

/**
 * How long the certificate is good; a warning in its last 14 days.
 * @throws StageFailure when it is not accepted
 */
export function describeCertificate(handshake: Handshake): Finding {
  const { certificate, trustError } = handshake;
  const until = new Date(certificate.valid_to);
  const date = Number.isNaN(until.getTime()) ? certificate.valid_to : day(until);
  if (trustError !== null) throw new StageFailure(distrust(handshake, date), trustError);
  const daysLeft = Math.floor((until.getTime() - Date.now()) / 86_400_000);
  if (daysLeft >= WARN_DAYS) return { fact: `Valid until ${date}` };
  return { fact: `Valid until ${date}, only ${daysLeft} more days`, state: "warning" };
}

function distrust(handshake: Handshake, date: string): string {
  switch (textField(handshake.trustError, "code")) {
    case "CERT_HAS_EXPIRED":
      return `Ended on ${date}`;
    case "CERT_NOT_YET_VALID":
      return `Not valid before ${day(new Date(handshake.certificate.valid_from))}`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `Made for ${nameOf(handshake)}, not for this host`;
    default:
      return `Issued by ${printable(String(handshake.certificate.issuer?.CN ?? "nobody"))}, not trusted`;
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
