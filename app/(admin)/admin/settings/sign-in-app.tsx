"use client";

import { Check, CircleDashed } from "lucide-react";
import { useActionState } from "react";
import { type ActionState, errorOf, idle, typedOf } from "@/app/action-state";
import { paths } from "@/app/paths";
import { Badge } from "@/app/ui/badge";
import { SubmitButton } from "@/app/ui/button";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import { CopyField } from "@/app/ui/copy-field";
import { Disclosure } from "@/app/ui/disclosure";
import { fieldId, PasswordField, TextField } from "@/app/ui/field";
import { FormErrors } from "@/app/ui/form-errors";
import type { ClientStatus } from "@/lib/oauth/clients";
import { SIGN_IN_NAMES } from "../email-accounts/sign-in-intents";
import { removeSignInApp, saveSignInApp } from "./actions";

const PLACES = {
  MICROSOFT: { name: "Microsoft Entra admin centre", url: "https://entra.microsoft.com" },
  GOOGLE: { name: "Google Cloud console", url: "https://console.cloud.google.com" },
} as const;

type Props = {
  client: ClientStatus;
  redirectUri: string;
  scopes: string[];
  /** What an administrator allows an app that signs in by itself; none at Google. */
  appPermissions: string[];
  /** How many accounts sign in at this provider. */
  accounts: number;
};

/** The app of one provider: what is registered there, and what comes back from there. */
export function SignInApp(props: Props) {
  const { client } = props;
  const { provider, source } = client;
  const name = SIGN_IN_NAMES[provider];
  const id = provider.toLowerCase();
  return (
    <section aria-labelledby={id} className="min-w-0">
      <div className="flex flex-wrap items-center gap-2">
        <h3 id={id} className="text-section font-semibold">
          {name}
        </h3>
        {source === null ? (
          <Badge tone="plain" icon={CircleDashed}>
            Not set up
          </Badge>
        ) : (
          <Badge tone="green" icon={Check}>
            {source === "environment" ? "Set up by the environment" : "Set up"}
          </Badge>
        )}
      </div>
      <ToRegister {...props} />
      {source === "environment" ? <ByEnvironment client={client} /> : <ClientForm {...props} />}
    </section>
  );
}

/** What is typed in at the provider, letter by letter. */
function ToRegister({ client: { provider }, redirectUri, scopes, appPermissions }: Props) {
  const place = PLACES[provider];
  return (
    <div className="mt-2 space-y-2">
      <p className="text-sm text-ink-2">
        1. Register an app in the{" "}
        <a className="link" href={place.url} target="_blank" rel="noreferrer">
          {place.name}
        </a>{" "}
        with this redirect URI:
      </p>
      <CopyField label="Redirect URI" text={redirectUri} />
      <CopyField
        label={provider === "MICROSOFT" ? "Scopes (delegated permissions)" : "Scopes"}
        text={scopes.join(" ")}
      />
      {appPermissions.length > 0 && (
        <Disclosure label="For app access, without anybody’s sign-in">
          <CopyField
            label="Application permissions (Office 365 Exchange Online)"
            text={appPermissions.join(" ")}
          />
        </Disclosure>
      )}
    </div>
  );
}

function ByEnvironment({ client: { provider, clientId, tenant } }: { client: ClientStatus }) {
  return (
    <div className="mt-4 space-y-1 text-sm">
      <p className="text-ink-2">
        2. The environment variables <code className="font-mono text-xs">{provider}_CLIENT_ID</code>{" "}
        and <code className="font-mono text-xs">{provider}_CLIENT_SECRET</code> set the app. They go
        first: to change it, change them and restart.
      </p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 pt-1">
        <dt className="text-ink-3">Client id</dt>
        <dd className="font-mono text-xs [overflow-wrap:anywhere]">{clientId}</dd>
        <dt className="text-ink-3">Client secret</dt>
        <dd>Set, and never shown</dd>
        {provider === "MICROSOFT" && (
          <>
            <dt className="text-ink-3">Tenant</dt>
            <dd className="[overflow-wrap:anywhere]">{tenant || "Any"}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

function ClientForm({ client, accounts }: Props) {
  const { provider, source, clientId, tenant, hasSecret } = client;
  const [state, save] = useActionState<ActionState, FormData>(saveSignInApp, idle);
  const isMicrosoft = provider === "MICROSOFT";
  const name = SIGN_IN_NAMES[provider];
  const idOf = (key: string) => `${fieldId(key)}-${provider.toLowerCase()}`;
  const field = (key: string, stored = "") => ({
    ...{ name: key, id: idOf(key), autoComplete: "off" },
    ...{ spellCheck: false, autoCapitalize: "none", error: errorOf(state, key) },
    defaultValue: typedOf(state, key, stored),
  });
  const { defaultValue: _never, ...secret } = field("clientSecret");
  return (
    <div className="mt-4 space-y-3">
      <p className="text-sm text-ink-2">
        2. Enter what {name} shows for it{isMicrosoft && "; the secret’s value, not its id"}:
      </p>
      {/* Another form for other values: React would keep what was typed before. */}
      <form key={`${clientId} ${tenant}`} action={save} className="space-y-3" noValidate>
        <FormErrors state={state} idOf={idOf} />
        <input type="hidden" name="provider" value={provider} />
        <TextField
          label={isMicrosoft ? "Application (client) ID" : "Client ID"}
          {...field("clientId", clientId)}
        />
        <PasswordField
          label="Client secret"
          {...secret}
          autoComplete="new-password"
          placeholder={hasSecret ? "Stored. Blank keeps it." : undefined}
          hint={isMicrosoft && "It expires on the day you choose there, two years at most."}
        />
        {isMicrosoft && (
          <TextField
            label="Directory (tenant) ID"
            {...field("tenant", tenant)}
            hint="Needed for app access and for apps of a single organisation. Blank: any organisation and personal accounts."
          />
        )}
        <div className="flex flex-wrap gap-2">
          <SubmitButton variant="default" busy="Saving…">{`Save ${name} app`}</SubmitButton>
        </div>
      </form>
      {source === "settings" && (
        <ConfirmDialog
          trigger={`Remove ${name} app`}
          triggerVariant="quiet"
          title={`Remove the ${name} app?`}
          confirm={`Remove ${name} app`}
          busy="Removing…"
          action={removeSignInApp}
          fields={{ provider }}
        >
          Its id and secret are forgotten.{" "}
          {accounts === 0
            ? "No account signs in with it."
            : `${accounts === 1 ? "One account signs" : `${accounts} accounts sign`} in with it and can neither read nor send until an app is entered again.`}
        </ConfirmDialog>
      )}
      {source === "settings" && (
        <p className="text-sm text-ink-3">
          {/* Where the app is used next. */}
          Next:{" "}
          <a className="link" href={paths.newEmailAccount}>
            Add Email Account
          </a>
        </p>
      )}
    </div>
  );
}
