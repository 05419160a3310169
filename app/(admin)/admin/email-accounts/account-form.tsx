"use client";

import {
  type FormEvent,
  startTransition,
  useActionState,
  useEffect,
  useRef,
  useState,
} from "react";
import { paths } from "@/app/paths";
import { LinkButton, SubmitButton } from "@/app/ui/button";
import {
  CheckboxField,
  PasswordField,
  SelectField,
  TextAreaField,
  TextField,
} from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import { ACKNOWLEDGEMENT_DEFAULT } from "@/lib/tickets/acknowledgement-text";
import { detect, submitAccount } from "./actions";
import { detectedImap, detectedProvider, portHint } from "./detected";
import { AfterImportFields } from "./folder-fields";
import { type AccountFormState, type FormDetection, untouched } from "./form-state";
import { ProviderHelp } from "./provider-help";
import { ServerSettings } from "./server-settings";
import { StartFields } from "./start-fields";
import { TestResult } from "./test-result";

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

type Intent = "save" | "test-smtp" | "test-imap";

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
  const [detection, look] = useDetection(form, state.detection);

  const values = state.values ?? props.values;
  const text = (name: string) => ({ name, defaultValue: values[name] ?? "", error: error(name) });
  const error = (name: string) =>
    state.action.status === "invalid" ? state.action.fields[name] : undefined;
  const ticked = (name: string) => ({ name, defaultChecked: name in values, error: error(name) });

  // Without this React would empty the form after every answer, passwords with it.
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const native = event.nativeEvent;
    const submitter = native instanceof SubmitEvent ? native.submitter : null;
    const data = new FormData(event.currentTarget, submitter);
    const pressed = data.get("intent");
    setIntent(pressed === "test-smtp" || pressed === "test-imap" ? pressed : "save");
    startTransition(() => submit(data));
  };
  const isBusy = (button: Intent) => isPending && intent === button;

  return (
    <form ref={form} action={submit} onSubmit={onSubmit} onInput={look} onBlur={look} noValidate>
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
              fact={detectedProvider(detection, "address")}
              {...text("email")}
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
          {state.report && state.report !== closed && (
            <TestResult report={state.report} onClose={() => close(state.report)} />
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

const DETECTED_BY = [
  "email",
  "smtpHost",
  "smtpPort",
  "smtpSecurity",
  "imapHost",
  "imapPort",
  "imapSecurity",
];
const PAUSE_MS = 400;

/** Asks what is known about the hosts when typing pauses; only the newest answer counts. */
function useDetection(
  form: React.RefObject<HTMLFormElement | null>,
  answered: FormDetection | null,
): [FormDetection | null, (event: FormEvent<HTMLFormElement>) => void] {
  const [found, setFound] = useState(answered);
  const [basis, setBasis] = useState(answered);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  const asking = useRef("");
  if (basis !== answered) {
    setBasis(answered);
    setFound(answered);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = (event: FormEvent<HTMLFormElement>) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    // A password is looked at once it is whole, not at every letter.
    const isPassword = field.name === "smtpPassword" && event.type === "blur";
    if (!isPassword && !(DETECTED_BY.includes(field.name) && event.type === "input")) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(isPassword), isPassword ? 0 : PAUSE_MS);
  };
  const ask = async (withPassword: boolean) => {
    if (!form.current) return;
    const whole = new FormData(form.current);
    const data = new FormData();
    for (const name of withPassword ? [...DETECTED_BY, "smtpPassword"] : DETECTED_BY) {
      data.set(name, whole.get(name) ?? "");
    }
    const question = JSON.stringify([...data.values()]);
    if (question === asking.current) return;
    asking.current = question;
    const number = ++asked.current;
    try {
      const answer = await detect(data);
      if (number === asked.current) setFound(answer);
    } catch {
      // Offline, or signed out meanwhile: saving will say so. Nothing is detected until then.
      asking.current = "";
    }
  };
  return [found, look];
}
