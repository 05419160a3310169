"use client";

import { Check, Copy } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "@/app/ui/button";
import { Disclosure } from "@/app/ui/disclosure";
import type { ProbeResult } from "@/lib/transport/probe";
import { diagnosticsText, logText } from "./diagnostics-text";

/** "Copy diagnostics" and "Show protocol log" of a test: for whoever runs the server. */
export function TestDiagnostics({ report }: { report: ProbeResult }) {
  const id = useId();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const text = diagnosticsText(report, new Date());
    // Without https a browser has no clipboard for us: the log is opened and selected instead.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject();
    await written.then(
      () => setCopied(true),
      () => select(id),
    );
  };
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-rule px-3.5 py-2.5">
      <Disclosure label="Show protocol log" className="min-w-0 grow basis-60 pt-1">
        <section
          id={id}
          // A region that scrolls must be reachable by keyboard.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: as said above
          tabIndex={0}
          aria-label="Protocol log"
          className="max-h-80 overflow-auto rounded-control border border-rule bg-sheet p-2.5"
        >
          <pre className="font-mono text-xs/5 text-ink-2">
            {report.log.length === 0
              ? "Nothing was said: the server was not reached."
              : report.log.map(logText).join("\n")}
          </pre>
        </section>
        <p className="mt-1.5 text-xs text-ink-3">
          C is Mailroom, S the server. Passwords and tokens are left out.
        </p>
      </Disclosure>
      <Button
        size="small"
        onClick={copy}
        icon={
          isCopied ? <Check aria-hidden className="icon" /> : <Copy aria-hidden className="icon" />
        }
      >
        {isCopied ? "Copied" : "Copy diagnostics"}
      </Button>
    </div>
  );
}

function select(id: string): void {
  const place = document.getElementById(id);
  place?.closest("details")?.setAttribute("open", "");
  if (place) getSelection()?.selectAllChildren(place);
}
