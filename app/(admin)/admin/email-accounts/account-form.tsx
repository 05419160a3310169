"use client";

import {
  type FormEvent,
  startTransition,
  useActionState,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Leaving } from "@/app/oauth/leaving";
import { paths } from "@/app/paths";
import { Button, LinkButton, SubmitButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { CheckboxField, SelectField, TextAreaField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { sizeSeen } from "@/lib/accounts/size-seen";
import { ACKNOWLEDGEMENT_DEFAULT } from "@/lib/tickets/acknowledgement-text";
import { submitAccount } from "./actions";
import { detectedProvider } from "./detected";
import { AfterImportFields } from "./folder-fields";
import { FormSection } from "./form-section";
import { type AccountFormState, type FormDetection, untouched } from "./form-state";
import { FoundServers } from "./found-servers";
import { ProviderHelp } from "./provider-help";
import type { ShownServer } from "./server-fold";
import { PasswordServers, SignedInServers } from "./server-sections";
import { providerIn, SIGN_IN_NAMES, signInIntent } from "./sign-in-intents";
import { type SignInClients, SignInOffer } from "./sign-in-offer";
import { type FormSignIn, SignedIn } from "./signed-in";
import { StartFields } from "./start-fields";
import { TestResult } from "./test-result";
import { useDetection } from "./use-detection";
import { useFinding } from "./use-finding";

export type AccountFormProps = {
  /** Null for a new account. */
  account: {
    id: string;
    hasSmtpPassword: boolean;
    hasImapPassword: boolean;
    hasStarted: boolean;
  } | null;
  values: Record<string, string>;
  /** The account whose settings a new one begins with. */
  like?: string;
  detection: FormDetection | null;
  intervalSeconds: number;
  /** By whose sign-in at a provider it is read; null for passwords. */
  signIn: FormSignIn | null;
  clients: SignInClients;
  /** Why the sign-in that was just tried came to nothing. */
  told: { cause: string; fix: string } | null;
};

/** Adds or edits an account. Saves and tests before JavaScript; detects while typing with it. */
export function AccountForm(props: AccountFormProps) {
  const { account } = props;
  const [state, submit, isPending] = useActionState<AccountFormState, FormData>(submitAccount, {
    ...untouched,
    detection: props.detection,
  });
  const [intent, setIntent] = useState("save");
  const [closed, close] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const { detection, look, lookAgain } = useDetection(form, state.detection);
  const { finding, folded, looking, onBlur, lookNow } = useFinding(form, {
    ...{ answered: state.finding, isNew: account === null, onFilled: lookAgain },
  });
  const isLive = useIsLive();
  const [email, setEmail] = useState((state.values ?? props.values).email ?? "");

  const values = state.values ?? props.values;
  const provider = providerIn(values);
  const known = detection?.provider ?? finding?.provider ?? null;
  const text = (name: string) => ({ name, defaultValue: values[name] ?? "", error: error(name) });
  const error = (name: string) =>
    state.action.status === "invalid" ? state.action.fields[name] : undefined;
  const shown = (side: "smtp" | "imap") => shownServer(finding?.[side] ?? null, detection, side);
  const ticked = (name: string) => ({ name, defaultChecked: name in values, error: error(name) });

  // Without this React would empty the form after every answer, passwords with it.
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const native = event.nativeEvent;
    const submitter = native instanceof SubmitEvent ? native.submitter : null;
    const data = new FormData(event.currentTarget, submitter);
    setIntent(String(data.get("intent") ?? "save"));
    startTransition(() => submit(data));
  };
  const isLeaving = state.leaveFor !== null;
  const isBusy = (button: string) =>
    intent === button && (isPending || (isLeaving && signInIntent(button) !== null));

  return (
    <form
      ref={form}
      action={submit}
      onSubmit={onSubmit}
      onInput={(event) => {
        look(event);
        const field = event.target;
        if (field instanceof HTMLInputElement && field.name === "email") setEmail(field.value);
      }}
      onBlur={(event) => {
        look(event);
        onBlur(event);
      }}
      noValidate
    >
      {/* What Enter in a field presses: the first button of the form. */}
      <button type="submit" name="intent" value="save" hidden />
      {account && <input type="hidden" name="id" value={account.id} />}
      {props.like && <input type="hidden" name="like" value={props.like} />}
      <div className="gutter grid items-start gap-x-11 gap-y-5 pt-5 pb-6 lg:grid-cols-[minmax(0,600px)_minmax(0,300px)]">
        <div className="empty:hidden lg:col-start-1">
          {state.leaveFor && <Leaving url={state.leaveFor} to={leavingFor(state.leaveFor)} />}
          {props.told && state.action.status === "idle" && (
            <Callout tone="red" role="alert" title={props.told.cause}>
              {props.told.fix}
            </Callout>
          )}
          <FormErrors state={state.action} />
        </div>
        <ProviderHelp detection={detection} />
        <div className="max-w-[600px] lg:col-start-1">
          <FormSection title="Account" isFirst>
            <TextField
              label="Email Address"
              type="email"
              autoComplete="off"
              fact={!finding?.source && detectedProvider(detection, "address")}
              {...text("email")}
            />
            <FoundServers
              finding={finding}
              looking={looking}
              again={
                isLive && (
                  <Button size="small" className="mt-2.5" onClick={lookNow}>
                    Look again
                  </Button>
                )
              }
            />
            {provider === "SMTP" ? (
              <>
                <SignInOffer provider={known} clients={props.clients} isBusy={isBusy} />
                <SelectField
                  label="Provider"
                  options={[{ value: "SMTP", label: "SMTP" }]}
                  {...text("provider")}
                />
              </>
            ) : (
              <>
                <input type="hidden" name="provider" value={provider} />
                <input type="hidden" name="grantId" value={values.grantId ?? ""} />
                <SignedIn
                  {...{ provider, email, isBusy, error: error("grantId") }}
                  signIn={props.signIn?.provider === provider ? props.signIn : null}
                  mailbox={{ value: values.oauthMailbox, error: error("oauthMailbox") }}
                />
              </>
            )}
            <TextField
              label="Sender Name"
              autoComplete="off"
              hint="What customers see beside the address. Optional."
              {...text("name")}
            />
            <TextAreaField
              label="Other addresses"
              rows={2}
              spellCheck={false}
              autoCapitalize="none"
              hint="Mail to these reaches the same inbox, one a line. They count as this desk’s own, and answers can leave from them."
              {...text("aliases")}
            />
          </FormSection>
          {provider === "SMTP" ? (
            <PasswordServers {...{ values, error, detection, shown, folded, account }} />
          ) : (
            <SignedInServers {...{ values, error }} name={SIGN_IN_NAMES[provider]} />
          )}
          <FormSection title="Behaviour">
            <div>
              <CheckboxField
                label="Enable Polling"
                hint={`Reads the inbox every ${props.intervalSeconds} seconds.`}
                {...ticked("pollingEnabled")}
              />
              <StartFields
                values={values}
                error={error}
                hasStarted={account?.hasStarted ?? false}
                dryRun={state.dryRun}
                isRunning={isBusy("dry-run")}
              />
              <AfterImportFields values={values} error={error} />
              <CheckboxField
                label="Active"
                hint="Off stops both polling and sending."
                {...ticked("isActive")}
              />
              <CheckboxField
                label="Default"
                hint="Answers leave from here when a ticket has no account of its own."
                {...ticked("isDefault")}
              />
              <CheckboxField
                label="Keep a copy in Sent"
                hint="Puts answers into the mailbox’s Sent folder over IMAP, unless the provider has done so itself."
                {...ticked("copyToSent")}
              />
              <CheckboxField
                label="An address for each ticket"
                hint="Customers answer to support+t42.…@…, which finds its ticket even when their mail program drops the references. Only where your server delivers such addresses to this inbox."
                {...ticked("plusAddressing")}
              />
            </div>
          </FormSection>
          <FormSection title="Answers">
            <TextAreaField
              label="Signature"
              rows={4}
              hint="Below answers of agents who have no signature of their own. Plain text; “-- ” is put above it."
              {...text("signature")}
            />
            <CheckboxField
              label="Quote the mail that is answered"
              hint="Below the answer, so that mail programs fold it. People who are new on a ticket get it only when the agent says so."
              {...ticked("quotesHistory")}
            />
          </FormSection>
          <FormSection title="Acknowledgement">
            <div>
              <CheckboxField
                label="Acknowledge new tickets by mail"
                hint="Once a day at most for each person, and only when the receiving server has checked the sender (SPF, DMARC). Robots, lists and old mail get none."
                {...ticked("autoAckEnabled")}
              />
              <TextAreaField
                label="Text"
                rows={6}
                placeholder={ACKNOWLEDGEMENT_DEFAULT}
                hint="Blank sends the text above. {{number}} becomes the ticket’s number."
                className="pt-1 pl-7"
                {...text("autoAckText")}
              />
            </div>
          </FormSection>
          <input type="hidden" name="smtpSizeSeen" value={sizeOf(state)} />
          {state.report && state.report !== closed && (
            <TestResult
              report={state.report}
              onClose={() => close(state.report)}
              isSending={isBusy("test-mail")}
            />
          )}
        </div>
      </div>
      <div className="gutter sticky bottom-0 z-[5] flex flex-wrap gap-2 border-t border-rule bg-sheet py-3.5 max-md:grid max-md:grid-cols-2">
        <SubmitButton name="intent" value="save" busy="Saving…" pending={isBusy("save")}>
          {account ? "Update Account" : "Create Account"}
        </SubmitButton>
        <SubmitButton
          variant="default"
          name="intent"
          value="test-smtp"
          busy="Testing…"
          pending={isBusy("test-smtp")}
        >
          Test SMTP
        </SubmitButton>
        <SubmitButton
          variant="default"
          name="intent"
          value="test-imap"
          busy="Testing…"
          pending={isBusy("test-imap")}
        >
          Test IMAP
        </SubmitButton>
        <LinkButton variant="quiet" href={paths.emailAccounts}>
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}

/** A found server, as the fields say it by now: they may have been changed. */
function shownServer(
  found: ShownServer | null,
  detection: FormDetection | null,
  side: "smtp" | "imap",
): ShownServer | null {
  if (!found || !detection?.[side].host) return found;
  const choice = detection.choices[side];
  const { host, port, security } = detection[side];
  return { host, port, security: choice === "auto" ? security : choice };
}

/** What the last test of sending learnt; a later test of the inbox must not forget it. */
function sizeOf({ report, values }: AccountFormState): string {
  return report?.server.protocol === "smtp"
    ? sizeSeen(report.server, report.sizeMax)
    : (values?.smtpSizeSeen ?? "");
}

/** The provider's host, as the address bar will show it. */
function leavingFor(url: string): string {
  return new URL(url).hostname;
}

/** Whether the page runs JavaScript: a button that needs it is not there before. */
function useIsLive(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
