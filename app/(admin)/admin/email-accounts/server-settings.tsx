import { Disclosure } from "@/app/ui/disclosure";
import { CheckboxField, PasswordField, SelectField, TextField } from "@/app/ui/field";
import { FolderField } from "./folder-fields";

export const SECURITY = [
  { value: "auto", label: "Automatic: the port decides" },
  { value: "tls", label: "SSL/TLS" },
  { value: "starttls", label: "STARTTLS" },
  { value: "none", label: "None" },
];

const FIELDS = ["smtpSecurity", "imapSecurity", "imapUsername", "imapPassword", "folder"];

/** What most accounts never need: encryption, another IMAP sign-in, another folder. */
export function ServerSettings({
  values,
  error,
  hasImapPassword,
}: {
  values: Record<string, string>;
  error: (name: string) => string | undefined;
  hasImapPassword: boolean;
}) {
  const isUnusual =
    hasImapPassword ||
    Boolean(values.imapUsername) ||
    (values.folder ?? "INBOX") !== "INBOX" ||
    ["smtpSecurity", "imapSecurity"].some((name) => (values[name] ?? "auto") !== "auto");
  const text = (name: string, fallback = "") => ({
    name,
    defaultValue: values[name] ?? fallback,
    error: error(name),
  });
  return (
    <Disclosure
      open={isUnusual || FIELDS.some((name) => error(name)) || undefined}
      label={
        <span>
          <b className="font-semibold text-ink">Server settings</b>{" "}
          <span className="text-ink-3">Encryption, other IMAP sign-in, folder</span>
        </span>
      }
    >
      <div className="space-y-3.5 pt-2">
        <div className="grid gap-3.5 md:grid-cols-2">
          <SelectField
            label="SMTP Encryption"
            options={SECURITY}
            {...text("smtpSecurity", "auto")}
          />
          <SelectField
            label="IMAP Encryption"
            options={SECURITY}
            {...text("imapSecurity", "auto")}
          />
        </div>
        <CheckboxField
          label="I know what None means"
          name="allowPlain"
          defaultChecked={"allowPlain" in values}
          hint="Without encryption the password and all mail can be read on the way. Only for a server on this machine or in its own network."
        />
        <div className="grid gap-3.5 md:grid-cols-2">
          <TextField
            label="IMAP Username"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            hint="Blank: the SMTP Username."
            {...text("imapUsername")}
          />
          <PasswordField
            label="IMAP Password"
            name="imapPassword"
            autoComplete="new-password"
            placeholder={hasImapPassword ? "Stored. Blank keeps it." : undefined}
            hint="Blank: the SMTP Password."
            error={error("imapPassword")}
          />
        </div>
        <FolderField values={values} error={error} />
      </div>
    </Disclosure>
  );
}
