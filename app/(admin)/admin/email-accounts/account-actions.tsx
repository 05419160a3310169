"use client";

import { CircleAlert, CirclePause, CirclePlay } from "lucide-react";
import { useActionState, useState } from "react";
import { useFormStatus } from "react-dom";
import { idle } from "@/app/action-state";
import { paths } from "@/app/paths";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import { activate, disablePolling, enablePolling, pollNow, testStored } from "./actions";
import { untested } from "./form-state";
import { TestResult } from "./test-result";
import { Words } from "./words";

type Account = { id: string; email: string; isActive: boolean; pollingEnabled: boolean };

/** The buttons of one account, and what came of them. */
export function AccountActions({ account }: { account: Account }) {
  const { id, email, isActive, pollingEnabled } = account;
  const [test, runTest] = useActionState(testStored, untested);
  const [enabling, enable] = useActionState(enablePolling, idle);
  const [activating, makeActive] = useActionState(activate, idle);
  const [polling, poll] = useActionState(pollNow, idle);
  const [closed, close] = useState<unknown>(null);
  return (
    <div className="mt-3.5 md:col-span-2">
      <div className="flex flex-wrap items-center gap-2 max-md:grid max-md:grid-cols-2">
        <form action={runTest} className="contents">
          <input type="hidden" name="id" value={id} />
          <TestButton protocol="smtp">Test SMTP</TestButton>
          <TestButton protocol="imap">Test IMAP</TestButton>
        </form>
        {pollingEnabled ? (
          <div className="contents max-md:[&>button]:col-span-2">
            <ConfirmDialog
              trigger="Disable Polling"
              triggerVariant="red"
              triggerIcon={<CirclePause aria-hidden className="icon" />}
              title={`Disable polling for ${email}?`}
              confirm="Disable Polling"
              busy="Disabling…"
              action={disablePolling}
              fields={{ id }}
            >
              New mail stays in the inbox and makes no tickets until polling is enabled again; then
              reading goes on where it stopped. Sending is not affected.
            </ConfirmDialog>
          </div>
        ) : (
          <form action={enable} className="contents">
            <input type="hidden" name="id" value={id} />
            <SubmitButton
              variant="green"
              icon={<CirclePlay aria-hidden className="icon" />}
              busy="Enabling…"
              className="max-md:col-span-2"
              aria-describedby={enabling.status === "refused" ? `${id}-why` : undefined}
            >
              Enable Polling
            </SubmitButton>
          </form>
        )}
        <span className="grow max-md:hidden" />
        {isActive && pollingEnabled && (
          <form action={poll} className="contents">
            <input type="hidden" name="id" value={id} />
            <SubmitButton variant="quiet" busy="Asking…">
              Poll now
            </SubmitButton>
          </form>
        )}
        <LinkButton
          variant="quiet"
          href={paths.emailAccountLike(id)}
          aria-label={`Add an account like ${email}`}
        >
          Add one like this
        </LinkButton>
        <LinkButton variant="quiet" href={paths.editEmailAccount(id)} aria-label={`Edit ${email}`}>
          Edit
        </LinkButton>
      </div>
      {!pollingEnabled && enabling.status !== "idle" && enabling.status !== "done" && (
        <Refusal id={`${id}-why`}>
          {enabling.status === "invalid"
            ? (Object.values(enabling.fields)[0] ?? "")
            : enabling.message}
          {!isActive && <MakeActive id={id} action={makeActive} />}
        </Refusal>
      )}
      {activating.status === "refused" && <Refusal>{activating.message}</Refusal>}
      {polling.status === "done" && polling.message && (
        <p role="status" className="mt-2 text-sm text-ink-2">
          {polling.message}
        </p>
      )}
      {polling.status === "refused" && <Refusal>{polling.message}</Refusal>}
      {test.action.status === "refused" && <Refusal>{test.action.message}</Refusal>}
      {test.action.status === "invalid" && (
        <Refusal>{Object.values(test.action.fields)[0] ?? test.action.message}</Refusal>
      )}
      {test.report && test.report !== closed && (
        <div className="mt-3.5">
          <TestResult
            report={test.report}
            onClose={() => close(test.report)}
            stored={{ id, action: runTest }}
          />
        </div>
      )}
    </div>
  );
}

function TestButton({ protocol, children }: { protocol: "smtp" | "imap"; children: string }) {
  const form = useFormStatus();
  return (
    <SubmitButton
      variant="default"
      name="test"
      value={protocol}
      busy="Testing…"
      pending={form.pending && form.data?.get("test") === protocol}
      disabled={false}
    >
      {children}
    </SubmitButton>
  );
}

function MakeActive({ id, action }: { id: string; action: (form: FormData) => void }) {
  return (
    <form action={action} className="inline">
      <input type="hidden" name="id" value={id} />
      {" · "}
      <button type="submit" className="link rounded-badge">
        Make it active
      </button>{" "}
      first.
    </form>
  );
}

function Refusal({ id, children }: { id?: string; children: React.ReactNode }) {
  const parts = Array.isArray(children) ? children : [children];
  return (
    <div id={id} role="alert" className="mt-2 flex gap-1.5 text-sm text-red">
      <CircleAlert aria-hidden className="icon mt-px" />
      <div>
        {parts.map((part) => (typeof part === "string" ? <Words key={part}>{part}</Words> : part))}
      </div>
    </div>
  );
}
