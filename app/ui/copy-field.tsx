"use client";

import { Check, Copy } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "./button";

/** A text to be copied and handed over: readable and selectable without JavaScript too. */
export function CopyField({ label, text }: { label: string; text: string }) {
  const id = useId();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      // Not allowed here: it is selected, so that the keyboard can copy it.
      () => (document.getElementById(id) as HTMLInputElement | null)?.select(),
    );
  };
  return (
    <div className="mt-2">
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold text-ink">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
          className="block min-h-9 w-full min-w-0 rounded-control border border-edge bg-sheet px-2.5 font-mono text-xs text-ink max-md:min-h-11"
        />
        <Button
          onClick={copy}
          icon={
            isCopied ? (
              <Check aria-hidden className="icon" />
            ) : (
              <Copy aria-hidden className="icon" />
            )
          }
        >
          {isCopied ? "Copied" : "Copy"}
        </Button>
      </div>
    </div>
  );
}
