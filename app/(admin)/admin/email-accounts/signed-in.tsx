import { SubmitButton } from "@/app/ui/button";
import { Callout, type CalloutTone } from "@/app/ui/callout";
import { fieldId } from "@/app/ui/field";
import type { OAuthProvider } from "@/lib/oauth/providers";
import { SIGN_IN_AT, SIGN_IN_NAMES } from "./sign-in-intents";
import { SignInButton } from "./sign-in-offer";

/** Whose sign-in a form has: one that waits for it to be saved, or the account's own. */
export type FormSignIn = {
  provider: OAuthProvider;
  kind: "person" | "app";
  signedInAs: string;
  /** Why it is over; null while all is well. */
  lost: string | null;
  /** It waits for the form to be saved. */
  isPending: boolean;
};

type Props = {
  provider: OAuthProvider;
  /** null: nobody has signed in yet. */
  signIn: FormSignIn | null;
  /** The address as it stands in the form now. */
  email: string;
  mailbox: { value: string | undefined; error: string | undefined };
  error: string | undefined;
  isBusy: (intent: string) => boolean;
};

/** In place of the passwords: who signed in, whose mailbox that opens, and the other ways. */
export function SignedIn({ provider, signIn, email, mailbox, error, isBusy }: Props) {
  const isOther =
    signIn !== null &&
    signIn.kind === "person" &&
    !isSame(signIn.signedInAs, email) &&
    email !== "";
  return (
    <div id={fieldId("grantId")} tabIndex={-1} className="space-y-3.5">
      <Callout
        {...looksOf(provider, signIn)}
        actions={
          <>
            {signIn?.kind !== "app" && (
              <SignInButton
                at={provider}
                size={signIn === null || signIn.lost !== null ? "normal" : "small"}
                isBusy={isBusy(SIGN_IN_AT[provider])}
              >
                {signIn === null ? `Sign in with ${SIGN_IN_NAMES[provider]}` : "Sign in again"}
              </SignInButton>
            )}
            <SubmitButton
              variant="quiet"
              size="small"
              name="intent"
              value="use-password"
              busy="…"
              pending={isBusy("use-password")}
            >
              Use a password instead
            </SubmitButton>
          </>
        }
      >
        {error ? <p className="text-red">{error}</p> : <Words signIn={signIn} />}
      </Callout>
      {isOther && (
        <WhoseMailbox
          {...{ provider, email, value: mailbox.value, error: mailbox.error }}
          signedInAs={signIn.signedInAs}
        />
      )}
    </div>
  );
}

function looksOf(
  provider: OAuthProvider,
  signIn: FormSignIn | null,
): { tone: CalloutTone; title: string } {
  const name = SIGN_IN_NAMES[provider];
  if (signIn === null) return { tone: "amber", title: `Nobody has signed in with ${name} yet.` };
  if (signIn.lost !== null) return { tone: "red", title: signIn.lost };
  if (signIn.kind === "app")
    return { tone: "green", title: `Mailroom signs in at ${name} by itself.` };
  const who = signIn.signedInAs === "" ? "" : ` as ${signIn.signedInAs}`;
  return { tone: "green", title: `Signed in with ${name}${who}.` };
}

function Words({ signIn }: { signIn: FormSignIn | null }) {
  if (signIn === null) return <p>A sign-in belongs to one account: a new one needs its own.</p>;
  if (signIn.lost !== null)
    return <p>Mail waits on the server and answers wait here. Sign in again to go on.</p>;
  const isKept = signIn.isPending ? "It is kept once you save. " : "";
  return (
    <p>
      {isKept}
      {signIn.kind === "app"
        ? "Whether it may open this mailbox, Test IMAP tells."
        : "Reading and sending use it; there is no password to enter."}
    </p>
  );
}

/** Nothing is guessed: another person's mailbox may be meant, or the wrong person signed in. */
function WhoseMailbox({
  provider,
  email,
  signedInAs,
  value,
  error,
}: {
  provider: OAuthProvider;
  email: string;
  signedInAs: string;
  value: string | undefined;
  error: string | undefined;
}) {
  const who = signedInAs === "" ? "The person who signed in" : signedInAs;
  const choices = [
    ...(provider === "MICROSOFT"
      ? [
          {
            value: "shared",
            label: `${email} is a shared mailbox`,
            hint: `${who} may open it and send as it.`,
          },
        ]
      : []),
    {
      value: "alias",
      label: `${email} is another address of the same mailbox`,
      hint: `The mailbox of ${signedInAs || "the person who signed in"} is read.`,
    },
  ];
  const id = fieldId("oauthMailbox");
  return (
    <fieldset
      id={id}
      tabIndex={-1}
      aria-describedby={error ? `${id}-error` : undefined}
      className="min-w-0 rounded-badge border border-l-[3px] border-amber-line border-l-amber bg-amber-bg px-3.5 py-[11px]"
    >
      <legend className="float-left w-full font-semibold [overflow-wrap:anywhere]">
        Signed in as {signedInAs || "somebody whose address is not known"}, but the address is{" "}
        {email}.
      </legend>
      <div className="clear-both space-y-2 pt-1.5">
        {choices.map((choice) => (
          <label key={choice.value} className="grid grid-cols-[18px_1fr] gap-x-2.5">
            <input
              type="radio"
              name="oauthMailbox"
              value={choice.value}
              defaultChecked={value === choice.value}
              className="mt-px size-[18px]"
            />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <b className="font-semibold">{choice.label}</b>
              <span className="block text-sm text-ink-2">{choice.hint}</span>
            </span>
          </label>
        ))}
        <p className="text-sm text-ink-2">
          If neither is so, the wrong account signed in: press “Sign in again” and choose {email}.
        </p>
        {error && (
          <p id={`${id}-error`} className="text-sm text-red">
            {error}
          </p>
        )}
      </div>
    </fieldset>
  );
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
