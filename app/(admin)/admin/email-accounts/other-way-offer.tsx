"use client";

import { useState } from "react";
import { paths } from "@/app/paths";
import { Button, LinkButton } from "@/app/ui/button";
import type { OtherWay, ProbeResult } from "@/lib/transport/probe";
import { describeWay } from "./diagnostics-text";

const NAMES = { imap: "IMAP", smtp: "SMTP" } as const;

/**
 * After a failed test: the port and encryption that work instead, filled into the form with one
 * click. For an account of the list the click leads to its form, filled in.
 */
export function OtherWayOffer({
  server: { protocol, host },
  way,
  accountId,
}: {
  server: ProbeResult["server"];
  way: OtherWay;
  /** Where there is no form around it. */
  accountId?: string | undefined;
}) {
  const [isFilled, setFilled] = useState(false);
  const words = describeWay(way);
  return (
    <div className="border-t border-rule px-3.5 py-3">
      <p>
        <b className="font-semibold">{capital(words)} works.</b> {host} answers there, with a good
        certificate. The password was not sent.
      </p>
      <div className="mt-2">
        {accountId === undefined ? (
          <Button
            variant="primary"
            size="small"
            onClick={(event) => {
              fillIn(event.currentTarget.form, protocol, way);
              setFilled(true);
            }}
          >
            Use {words}
          </Button>
        ) : (
          <LinkButton
            variant="primary"
            size="small"
            href={paths.editEmailAccount(accountId, {
              use: `${protocol}-${way.port}-${way.security}`,
            })}
          >
            Use {words}
          </LinkButton>
        )}
      </div>
      <p role="status" className="mt-1.5 text-sm text-ink-2 empty:hidden">
        {isFilled && `Filled in. Press Test ${NAMES[protocol]} again, then save.`}
      </p>
    </div>
  );
}

/** As if it had been typed, so that the form looks at it as at anything typed. */
function fillIn(form: HTMLFormElement | null, protocol: "imap" | "smtp", way: OtherWay): void {
  const typed = { Port: String(way.port), Security: way.security };
  for (const [field, value] of Object.entries(typed)) {
    const control = form?.elements.namedItem(`${protocol}${field}`);
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement)) continue;
    control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.closest("details")?.setAttribute("open", "");
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
