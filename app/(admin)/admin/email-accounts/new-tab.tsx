import { ExternalLink } from "lucide-react";

/** Opens beside the form, so that what was typed is not lost. */
export function NewTab({ href, children }: { href: string; children: string }) {
  return (
    <a className="link inline-flex items-center gap-1" href={href} target="_blank" rel="noreferrer">
      {children}
      <ExternalLink aria-hidden className="icon-badge" />
    </a>
  );
}
