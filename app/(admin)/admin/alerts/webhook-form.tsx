"use client";

import { CircleAlert } from "lucide-react";
import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { SubmitButton } from "@/app/ui/button";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import { CopyField } from "@/app/ui/copy-field";
import { TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import {
  removeAlertWebhook,
  renewAlertSecret,
  saveAlertWebhook,
  testAlertWebhook,
} from "./actions";

/** Where alerts are sent to, tried out and signed. `url` is null while there is no webhook. */
export function WebhookForm({ url }: { url: string | null }) {
  const [saving, save] = useActionState<ActionState, FormData>(saveAlertWebhook, idle);
  const [renewing, renew] = useActionState<ActionState, FormData>(renewAlertSecret, idle);
  const [testing, test] = useActionState<ActionState, FormData>(testAlertWebhook, idle);
  const address = typedOf(saving, "url", url ?? "");
  return (
    <div className="max-w-[600px] space-y-3">
      <form action={save} className="space-y-3" noValidate>
        <FormErrors state={saving} />
        <TextField
          key={address}
          label="Webhook address"
          name="url"
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://"
          defaultValue={address}
          error={errorOf(saving, "url")}
          hint="Only https. Each request is a POST of JSON, signed by the rules of Standard Webhooks."
        />
        <div className="flex flex-wrap gap-2">
          <SubmitButton busy="Saving…">Save webhook</SubmitButton>
        </div>
      </form>
      <Outcome state={saving} />
      {url !== null && (
        <div className="flex flex-wrap gap-2">
          <form action={test} className="contents">
            <SubmitButton variant="default" busy="Sending…">
              Send a test
            </SubmitButton>
          </form>
          <form action={renew} className="contents">
            <SubmitButton variant="default" busy="Making…">
              New secret
            </SubmitButton>
          </form>
          <ConfirmDialog
            trigger="Remove webhook"
            triggerVariant="quiet"
            title="Remove the webhook?"
            confirm="Remove webhook"
            busy="Removing…"
            action={removeAlertWebhook}
            fields={{}}
          >
            Alerts are then told by mail only. What waits to be sent is given up, and the secret is
            forgotten.
          </ConfirmDialog>
        </div>
      )}
      <Outcome state={testing} />
      <Outcome state={renewing} />
    </div>
  );
}

function Outcome({ state }: { state: ActionState }) {
  if (state.status === "refused") {
    return (
      <p role="alert" className="flex gap-1.5 text-sm text-red">
        <CircleAlert aria-hidden className="icon mt-px" />
        <span className="[overflow-wrap:anywhere]">{state.message}</span>
      </p>
    );
  }
  if (state.status !== "done") return null;
  const secret = state.data?.secret;
  return (
    <div role="status" className="text-sm text-ink-2">
      <p>{state.message}</p>
      {typeof secret === "string" && (
        <>
          <CopyField label="Signing secret" text={secret} />
          <p className="mt-1.5">Copy it now: it is not shown again.</p>
        </>
      )}
    </div>
  );
}
