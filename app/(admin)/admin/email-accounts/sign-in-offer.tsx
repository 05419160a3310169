import { LogIn } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "@/app/paths";
import { SubmitButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { Disclosure } from "@/app/ui/disclosure";
import type { OAuthProvider } from "@/lib/oauth/providers";
import { NewTab } from "./new-tab";
import { SIGN_IN_AT, SIGN_IN_NAMES, signInFor } from "./sign-in-intents";

/** Which providers this desk is registered at, and whether its app may sign in by itself. */
export type SignInClients = Record<OAuthProvider, boolean> & { hasOwnTenant: boolean };

type Props = {
  /** What is known of the address: its provider's id, and what people call it. */
  provider: { id: string; name: string } | null;
  clients: SignInClients;
  /** Whether a button is at work. */
  isBusy: (intent: string) => boolean;
};

const MICROSOFT_365_WORDS =
  "Microsoft ended passwords for reading mail; those for sending go off at the end of December 2026. You sign in at Microsoft, and Mailroom never sees a password. For a shared mailbox, sign in as somebody who may open it.";
const OUTLOOK_WORDS =
  "Microsoft ended passwords for such mailboxes in September 2024, for reading and for sending. You sign in at Microsoft, and Mailroom never sees a password.";

/**
 * How to sign in at a provider instead of by a password: what a Microsoft address needs, what a
 * Google address may use, and folded away for all others, whose domain may still be with either.
 */
export function SignInOffer({ provider, clients, isBusy }: Props) {
  const suits = signInFor(provider?.id);
  const button = (at: OAuthProvider, size: "normal" | "small") => (
    <SignInButton at={at} size={size} isBusy={isBusy(SIGN_IN_AT[at])} />
  );
  if (suits === "MICROSOFT") {
    // Personal mailboxes: no shared ones among them, and no app access.
    const isOutlook = provider?.id === "outlook";
    return (
      <Callout tone="amber" title={`${provider?.name} takes no passwords. Sign in instead.`}>
        <p>{isOutlook ? OUTLOOK_WORDS : MICROSOFT_365_WORDS}</p>
        <NeedsApp at="MICROSOFT" isSetUp={clients.MICROSOFT} />
        <div className="mt-2.5">{button("MICROSOFT", "normal")}</div>
        {!isOutlook && <AppAccess clients={clients} isBusy={isBusy} />}
      </Callout>
    );
  }
  if (suits === "GOOGLE") {
    return (
      <Disclosure label="Sign in with Google instead of an app password">
        <Choice>
          {button("GOOGLE", "small")}
          <Note>
            An app password is set up faster. Sign in instead where your Workspace administrator
            forbids app passwords.
          </Note>
          <NeedsApp at="GOOGLE" isSetUp={clients.GOOGLE} />
        </Choice>
      </Disclosure>
    );
  }
  return (
    <Disclosure label="Sign in with Microsoft or Google instead of a password">
      <div className="space-y-4">
        <Choice>
          {button("MICROSOFT", "small")}
          <Note>
            Microsoft 365 and Outlook.com take no passwords for reading mail. For a shared mailbox,
            sign in as somebody who may open it.
          </Note>
          <NeedsApp at="MICROSOFT" isSetUp={clients.MICROSOFT} />
          <AppAccess clients={clients} isBusy={isBusy} />
        </Choice>
        <Choice>
          {button("GOOGLE", "small")}
          <Note>Gmail and Google Workspace also take app passwords, which are set up faster.</Note>
          <NeedsApp at="GOOGLE" isSetUp={clients.GOOGLE} />
        </Choice>
      </div>
    </Disclosure>
  );
}

export function SignInButton({
  at,
  size,
  isBusy,
  children,
}: {
  at: OAuthProvider;
  size: "normal" | "small";
  isBusy: boolean;
  children?: string;
}) {
  return (
    <SubmitButton
      variant="default"
      size={size}
      name="intent"
      value={SIGN_IN_AT[at]}
      icon={<LogIn aria-hidden className="icon" />}
      busy="Going there…"
      pending={isBusy}
    >
      {children ?? `Sign in with ${SIGN_IN_NAMES[at]}`}
    </SubmitButton>
  );
}

function Choice({ children }: { children: ReactNode }) {
  return <div className="space-y-1.5 border-l border-rule pl-3">{children}</div>;
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-sm text-ink-2">{children}</p>;
}

/** While no app is registered: that one is needed, where it is entered, and how one comes by it. */
function NeedsApp({ at, isSetUp }: { at: OAuthProvider; isSetUp: boolean }) {
  if (isSetUp) return null;
  const name = SIGN_IN_NAMES[at];
  return (
    <p className="mt-1.5 text-sm text-ink-2">
      Once, before the first sign-in: register an app of your own at {name} and enter its id and
      secret. <NewTab href={paths.signInApp(at)}>{`Set up sign-in with ${name}`}</NewTab>
      {" · "}
      <NewTab href={paths.help("sign-in-apps", at.toLowerCase())}>Step by step</NewTab>
    </p>
  );
}

/** Rare, and only for administrators of an organisation. */
function AppAccess({
  clients,
  isBusy,
}: {
  clients: SignInClients;
  isBusy: (intent: string) => boolean;
}) {
  return (
    <Disclosure label="Without anybody’s sign-in (Microsoft 365 administrators)" className="mt-2">
      <div className="space-y-1.5 border-l border-rule pl-3 text-sm text-ink-2">
        <p>
          The app opens the mailbox by itself. An administrator gives it the right to, mailbox by
          mailbox; nobody has to sign in, and no one who leaves the company takes the access along.{" "}
          <NewTab href={paths.help("sign-in-apps", "app-access-for-microsoft-365")}>
            Step by step
          </NewTab>
        </p>
        {!clients.hasOwnTenant && (
          <p>
            It needs your organisation’s tenant id in the settings.{" "}
            <NewTab href={paths.signInApp("MICROSOFT")}>Enter the tenant id</NewTab>
          </p>
        )}
        <SubmitButton
          variant="default"
          size="small"
          name="intent"
          value="app-access"
          busy="Asking Microsoft…"
          pending={isBusy("app-access")}
        >
          Use app access
        </SubmitButton>
      </div>
    </Disclosure>
  );
}
