"use client";

import {
  type FormEvent,
  startTransition,
  useActionState,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { paths } from "@/app/paths";
import { Button, LinkButton, SubmitButton } from "@/app/ui/button";
import {
  CheckboxField,
  PasswordField,
  SelectField,
  TextAreaField,
  TextField,
} from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { INTENTS, type Intent } from "@/lib/accounts/intents";
import { sizeSeen } from "@/lib/accounts/size-seen";
import { ACKNOWLEDGEMENT_DEFAULT } from "@/lib/tickets/acknowledgement-text";
import { submitAccount } from "./actions";
import { detectedImap, detectedProvider, portHint } from "./detected";
import { AfterImportFields } from "./folder-fields";
import { type AccountFormState, type FormDetection, untouched } from "./form-state";
import { FoundServers } from "./found-servers";
import { ProviderHelp } from "./provider-help";
import { ServerFold, type ShownServer } from "./server-fold";
import { ServerSettings } from "./server-settings";
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
};

/** Adds or edits an account. Saves and tests before JavaScript; detects while typing with it. */
export function AccountForm(props: AccountFormProps) {
  const { account } = props;
  const [state, submit, isPending] = useActionState<AccountFormState, FormData>(submitAccount, {
    ...untouched,
    detection: props.detection,
  });
  const [intent, setIntent] = useState<Intent>("save");
  const [closed, close] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const { detection, look, lookAgain } = useDetection(form, state.detection);
  const { finding, folded, looking, onBlur, lookNow } = useFinding(form, {
    ...{ answered: state.finding, isNew: account === null, onFilled: lookAgain },
  });
  const isLive = useIsLive();

  const values = state.values ?? props.values;
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
    const pressed = data.get("intent");
    setIntent(INTENTS.find((known) => known === pressed) ?? "save");
    startTransition(() => submit(data));
  };
  const isBusy = (button: Intent) => isPending && intent === button;

  return (
    <form
      ref={form}
      action={submit}
      onSubmit={onSubmit}
      onInput={look}
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
          <FormErrors state={state.action} />
        </div>
        <ProviderHelp detection={detection} />
        <div className="max-w-[600px] lg:col-start-1">
          <Section title="Account" isFirst>
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
            <SelectField
              label="Provider"
              options={[{ value: "SMTP", label: "SMTP" }]}
              {...text("provider")}
            />
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
          </Section>
          <Section title="Sending">
            <ServerFold
              server={shown("smtp")}
              isFolded={folded.smtp && !error("smtpHost") && !error("smtpPort")}
            >
              <div className="grid grid-cols-[minmax(0,1fr)_120px] gap-3.5 max-md:grid-cols-[minmax(0,1fr)_96px]">
                <TextField
                  label="SMTP Host"
                  autoComplete="off"
                  spellCheck={false}
                  placeholder={detection?.smtp.source === "detected" ? hostOf(detection.smtp) : ""}
                  fact={detectedProvider(detection, "smtp-host")}
                  {...text("smtpHost")}
                />
                <TextField
                  label="SMTP Port"
                  inputMode="numeric"
                  autoComplete="off"
                  placeholder={String(detection?.smtp.port ?? 587)}
                  hint={portHint(detection?.smtp, detection?.choices.smtp)}
                  {...text("smtpPort")}
                />
              </div>
            </ServerFold>
            <TextField
              label="SMTP Username"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              hint="Usually the email address."
              {...text("smtpUsername")}
            />
            <PasswordField
              label="SMTP Password"
              name="smtpPassword"
              autoComplete="new-password"
              placeholder={account?.hasSmtpPassword ? "Stored. Blank keeps it." : undefined}
              error={error("smtpPassword")}
              hint={!error("smtpPassword") && detection?.passwordWarning}
            />
            {error("smtpPassword")?.startsWith("This looks like") && (
              <CheckboxField label="Try it anyway" name="tryAnyway" />
            )}
          </Section>
          <Section title="Receiving">
            <ServerFold
              server={shown("imap")}
              isFolded={folded.imap && !error("imapHost") && !error("imapPort")}
            >
              <div className="grid grid-cols-[minmax(0,1fr)_120px] gap-3.5 max-md:grid-cols-[minmax(0,1fr)_96px]">
                <TextField
                  label="IMAP Host"
                  autoComplete="off"
                  spellCheck={false}
                  placeholder={detection?.imap.source === "detected" ? hostOf(detection.imap) : ""}
                  {...detectedImap(detection)}
                  {...text("imapHost")}
                />
                <TextField
                  label="IMAP Port"
                  inputMode="numeric"
                  autoComplete="off"
                  placeholder={String(detection?.imap.port ?? 993)}
                  hint={portHint(detection?.imap, detection?.choices.imap)}
                  {...text("imapPort")}
                />
              </div>
            </ServerFold>
            <ServerSettings
              values={values}
              error={error}
              hasImapPassword={account?.hasImapPassword ?? false}
            />
          </Section>
          <Section title="Behaviour">
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
          </Section>
          <Section title="Answers">
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
          </Section>
          <Section title="Acknowledgement">
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
          </Section>
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

function hostOf(server: { host: string | null }): string {
  return server.host ?? "";
}

function Section({
  title,
  isFirst,
  children,
}: {
  title: string;
  isFirst?: boolean;
  children: React.ReactNode;
}) {
  return (
    <fieldset
      className={isFirst ? "min-w-0 pb-[22px]" : "min-w-0 border-t border-rule pt-5 pb-[22px]"}
    >
      <legend className="float-left mb-3 w-full text-section font-semibold">{title}</legend>
      <div className="clear-both space-y-3.5">{children}</div>
    </fieldset>
  );
}

/** Whether the page runs JavaScript: a button that needs it is not there before. */
function useIsLive(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
