import type { ReactNode } from "react";
import { Disclosure } from "@/app/ui/disclosure";
import { CheckboxField, PasswordField, SelectField, TextField } from "@/app/ui/field";
import { detectedImap, detectedProvider, portHint } from "./detected";
import { FolderField } from "./folder-fields";
import { FormSection } from "./form-section";
import type { FormDetection } from "./form-state";
import { ServerFold, type ShownServer } from "./server-fold";
import { SECURITY, ServerSettings } from "./server-settings";

type Fields = {
  values: Record<string, string>;
  error: (name: string) => string | undefined;
  detection: FormDetection | null;
};

type Passwords = Fields & {
  /** What was found for each side, and whether it may be folded away. */
  shown: (side: "smtp" | "imap") => ShownServer | null;
  folded: Record<"smtp" | "imap", boolean>;
  account: { hasSmtpPassword: boolean; hasImapPassword: boolean } | null;
};

/** The servers of an account with passwords, and the passwords. */
export function PasswordServers({ values, error, detection, shown, folded, account }: Passwords) {
  return (
    <>
      <FormSection title="Sending">
        <ServerFold
          server={shown("smtp")}
          isFolded={folded.smtp && !error("smtpHost") && !error("smtpPort")}
        >
          <HostAndPort side="smtp" {...{ values, error, detection }} />
        </ServerFold>
        <TextField
          label="SMTP Username"
          name="smtpUsername"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          hint="Usually the email address."
          defaultValue={values.smtpUsername ?? ""}
          error={error("smtpUsername")}
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
      </FormSection>
      <FormSection title="Receiving">
        <ServerFold
          server={shown("imap")}
          isFolded={folded.imap && !error("imapHost") && !error("imapPort")}
        >
          <HostAndPort side="imap" {...{ values, error, detection }} />
        </ServerFold>
        <ServerSettings
          values={values}
          error={error}
          hasImapPassword={account?.hasImapPassword ?? false}
        />
      </FormSection>
    </>
  );
}

const SERVER_FIELDS = [
  ...["smtpHost", "smtpPort", "smtpSecurity"],
  ...["imapHost", "imapPort", "imapSecurity", "folder"],
];

/** The servers of an account that signs in at a provider: the provider's own, unless said otherwise. */
export function SignedInServers({
  values,
  error,
  name,
}: Omit<Fields, "detection"> & { name: string }) {
  const isUnusual = (values.folder ?? "INBOX") !== "INBOX";
  return (
    <FormSection title="Servers">
      <Disclosure
        open={isUnusual || SERVER_FIELDS.some((field) => error(field)) || undefined}
        label={
          <span>
            <b className="font-semibold text-ink">Server settings</b>{" "}
            <span className="text-ink-3">{name}’s own servers; folder to read</span>
          </span>
        }
      >
        <div className="space-y-3.5 pt-2">
          <HostAndPort
            side="smtp"
            {...{ values, error, detection: null }}
            blank={`${name}’s own`}
          />
          <HostAndPort
            side="imap"
            {...{ values, error, detection: null }}
            blank={`${name}’s own`}
          />
          <div className="grid gap-3.5 md:grid-cols-2">
            <Security side="smtp" {...{ values, error }} />
            <Security side="imap" {...{ values, error }} />
          </div>
          <FolderField values={values} error={error} />
        </div>
      </Disclosure>
    </FormSection>
  );
}

function Security({ side, values, error }: Omit<Fields, "detection"> & { side: "smtp" | "imap" }) {
  const name = `${side}Security`;
  return (
    <SelectField
      label={`${side.toUpperCase()} Encryption`}
      options={SECURITY}
      name={name}
      defaultValue={values[name] ?? "auto"}
      error={error(name)}
    />
  );
}

function HostAndPort({
  side,
  values,
  error,
  detection,
  blank,
}: Fields & {
  side: "smtp" | "imap";
  /** What a blank host stands for, where it is no detected one. */
  blank?: string;
}) {
  const isSmtp = side === "smtp";
  const found = detection?.[side];
  const notes: { fact?: ReactNode; hint?: ReactNode } = isSmtp
    ? { fact: detectedProvider(detection, "smtp-host") }
    : detectedImap(detection);
  const protocol = side.toUpperCase();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_120px] gap-3.5 max-md:grid-cols-[minmax(0,1fr)_96px]">
      <TextField
        label={`${protocol} Host`}
        name={`${side}Host`}
        autoComplete="off"
        spellCheck={false}
        placeholder={blank ?? (found?.source === "detected" ? (found.host ?? "") : "")}
        {...notes}
        defaultValue={values[`${side}Host`] ?? ""}
        error={error(`${side}Host`)}
      />
      <TextField
        label={`${protocol} Port`}
        name={`${side}Port`}
        inputMode="numeric"
        autoComplete="off"
        placeholder={blank ? "" : String(found?.port ?? (isSmtp ? 587 : 993))}
        hint={portHint(found, detection?.choices[side])}
        defaultValue={values[`${side}Port`] ?? ""}
        error={error(`${side}Port`)}
      />
    </div>
  );
}
