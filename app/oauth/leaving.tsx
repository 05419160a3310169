"use client";

import { LoaderCircle } from "lucide-react";
import { useEffect } from "react";

/**
 * Sends the browser to a provider's page after a form was answered. Not a redirect of the form: our
 * policy lets forms lead to this host only, and browsers hold redirects to it as well. Without
 * JavaScript the page leads there by itself, or by its link.
 */
export function Leaving({ url, to }: { url: string; to: string }) {
  useEffect(() => {
    window.location.assign(url);
  }, [url]);
  return (
    <p role="status" className="flex flex-wrap items-center gap-1.5 text-sm text-ink-2">
      <LoaderCircle aria-hidden className="icon animate-spin" />
      Going to {to}…
      <a className="link" href={url} rel="noreferrer">
        Continue at {to}
      </a>
      <noscript>
        <meta httpEquiv="refresh" content={`0;url=${url}`} />
      </noscript>
    </p>
  );
}
