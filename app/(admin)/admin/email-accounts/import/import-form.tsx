"use client";

import { Download } from "lucide-react";
import { type FormEvent, startTransition, useActionState, useState } from "react";
import { SubmitButton } from "@/app/ui/button";
import { Disclosure } from "@/app/ui/disclosure";
import { fieldId } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { submitImport } from "./actions";
import { CheckReport, countOf, isReady } from "./check-report";
import { nothingYet } from "./import-state";
import { Imported } from "./imported";

/** Checks a file of accounts, shows what would happen, and imports it. Works before JavaScript. */
export function ImportForm({ template, columns }: { template: string; columns: string[] }) {
  const [state, submit, isPending] = useActionState(submitImport, nothingYet);
  const [intent, setIntent] = useState("check");
  /** The answer that was about another file than the chosen one. */
  const [stale, setStale] = useState<unknown>(null);
  const isCurrent = state !== stale;
  const check = isCurrent ? state.check : null;
  const ready = check?.rows.filter(isReady).length ?? 0;

  // Without this React would let go of the file after the check.
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const native = event.nativeEvent;
    const submitter = native instanceof SubmitEvent ? native.submitter : null;
    const data = new FormData(event.currentTarget, submitter);
    setIntent(data.get("intent") === "import" ? "import" : "check");
    startTransition(() => submit(data));
  };

  if (state.imported) return <Imported accounts={state.imported} />;
  return (
    <form action={submit} onSubmit={onSubmit} className="gutter max-w-[900px] space-y-5 py-5">
      {isCurrent && <FormErrors state={state.action} />}
      <p className="max-w-[72ch] text-ink-2">
        One account a line, with the fields of the account form. A check says what would happen, and
        changes nothing; passwords are sealed when they are saved and never shown again.
      </p>
      <p>
        <a
          className="link inline-flex min-h-6 items-center gap-1.5"
          href={template}
          download="mailroom-accounts.csv"
        >
          <Download aria-hidden className="icon" />
          Download the template
        </a>
      </p>
      <Disclosure label="Headings the file may have">
        <p className="max-w-[72ch] py-1 text-sm text-ink-2">
          {columns.join(" · ")}. Only Email Address has to be there; what is left out, or blank, is
          as in a new form: servers of well-known providers are found. Boxes take yes and no,
          encryption auto, tls, starttls and none, Start from now, date and all, After import
          nothing, read and move.
        </p>
      </Disclosure>
      <div>
        <label htmlFor={fieldId("file")} className="mb-1.5 block text-sm font-semibold">
          CSV file
        </label>
        <input
          id={fieldId("file")}
          type="file"
          name="file"
          accept=".csv,text/csv"
          required
          aria-describedby="import-limits"
          onChange={() => setStale(state)}
          className="block w-full max-w-[600px] rounded-control border border-edge bg-sheet px-2.5 py-[7px] text-base file:mr-3 file:rounded-badge file:border file:border-edge file:bg-sunk file:px-2 file:py-1"
        />
        <p id="import-limits" className="mt-1.5 text-sm text-ink-3">
          At most 1 MB and 1,000 accounts, in UTF-8.
        </p>
      </div>
      {check && <CheckReport check={check} />}
      {check && (
        <>
          <input type="hidden" name="digest" value={check.digest} />
          <input type="hidden" name="ready" value={ready} />
        </>
      )}
      <div className="flex flex-wrap gap-2">
        {ready > 0 && (
          <SubmitButton
            name="intent"
            value="import"
            busy="Importing…"
            pending={isPending && intent === "import"}
          >
            {`Import ${countOf(ready)}`}
          </SubmitButton>
        )}
        <SubmitButton
          variant={ready > 0 ? "default" : "primary"}
          name="intent"
          value="check"
          busy="Checking…"
          pending={isPending && intent === "check"}
        >
          {check ? "Check again" : "Check the file"}
        </SubmitButton>
      </div>
    </form>
  );
}
