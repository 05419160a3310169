import net from "node:net";
import { domainToASCII } from "node:url";

/**
 * A server's name or IP address as it is stored: lower case, IDN in its ASCII form (RFC 5891), no
 * dot at the end; null when the text is neither.
 */
export function hostName(typed: string): string | null {
  const bare = typed.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  if (net.isIP(bare) !== 0) return bare.toLowerCase();
  if (/[\s/:@\\?#%[\]]/.test(bare)) return null;
  const ascii = domainToASCII(bare.toLowerCase());
  const labels = ascii.split(".");
  const isLabel = (label: string) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label);
  if (ascii.length > 253 || !labels.every(isLabel)) return null;
  return /^\d+$/.test(labels.at(-1) ?? "") ? null : ascii;
}
