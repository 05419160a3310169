import { Check, CircleOff, ExternalLink, LogIn, RefreshCw, Star } from "lucide-react";
import Link from "next/link";
import { ReconnectButton } from "@/app/oauth/reconnect-button";
import { paths } from "@/app/paths";
import { Badge } from "@/app/ui/badge";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { classNames } from "@/app/ui/class-names";
import type { AccountRow } from "@/lib/accounts/list";
import { detectByHost } from "@/lib/mail/providers";
import { PROVIDER_NAMES } from "@/lib/oauth/providers";
import { ComparisonLine } from "../comparison-line";
import { AccountActions } from "./account-actions";
import { Causes, ProblemWords } from "./causes";
import { guideFor } from "./guide-link";
import { HealthLine, TodaysMail } from "./health-line";
import { PollStripBars } from "./poll-strip";
import { Words } from "./words";

/** One account: what it is, how it is doing, what is wrong, what can be done. */
export function AccountSection({
  account,
  hasWorker,
}: {
  account: AccountRow;
  hasWorker: boolean;
}) {
  const { id, email, isActive, isDefault, pollingEnabled, provider } = account;
  return (
    <section
      aria-label={email}
      className="gutter grid gap-x-7 border-b border-rule py-5 md:grid-cols-[minmax(0,1fr)_262px]"
    >
      <div>
        <h2
          className={classNames(
            "text-lg font-semibold [overflow-wrap:anywhere]",
            !isActive && "text-ink-2",
          )}
        >
          {email}
        </h2>
        <div className="mt-1.5 flex flex-wrap gap-1.5">
          {isActive ? (
            <Badge tone="green" icon={Check}>
              Active
            </Badge>
          ) : (
            <Badge tone="plain" icon={CircleOff}>
              Inactive
            </Badge>
          )}
          {isDefault && (
            <Badge tone="grey" icon={Star}>
              Default
            </Badge>
          )}
          {pollingEnabled && (
            <Badge tone="purple" icon={RefreshCw}>
              Polling Enabled
            </Badge>
          )}
          {provider !== "SMTP" && (
            <Badge tone="plain" icon={LogIn}>
              {PROVIDER_NAMES[provider]} sign-in
            </Badge>
          )}
        </div>
        <HealthLine account={account} hasWorker={hasWorker}>
          <TodaysMail today={account.today} />
        </HealthLine>
      </div>
      <div>
        <PollStripBars strip={account.polls} period="day" />
        <p className="mt-1 text-right text-xs">
          <Link
            href={paths.monitoredAccount(id)}
            className="link inline-flex min-h-6 items-center"
            aria-label={`All polls of ${email}`}
          >
            All polls
          </Link>
        </p>
      </div>
      <div className="mt-1 md:col-span-2">
        <ComparisonLine account={account.comparison} />
      </div>
      <Trouble account={account} />
      <Causes accountId={id} causes={account.causes} />
      <AccountActions account={{ id, email, isActive, pollingEnabled }} />
    </section>
  );
}

/** The cause of the last failure and what to do; a delay that needs nobody is only in the line above. */
function Trouble({ account }: { account: AccountRow }) {
  const { health, consecutiveFailures, provider } = account;
  const isShown = ["failing", "needs-password", "delayed"].includes(health.state);
  const isLost = health.state === "reconnect";
  if (!isLost && (!isShown || consecutiveFailures === 0)) return null;
  const known = detectByHost(account.imapHost ?? account.smtpHost);
  const needsPassword = health.state === "needs-password";
  const guide = guideFor(health.sentence);
  const failing = account.causes.find((cause) => cause.weight === "failing");
  const actions = (
    <>
      {isLost && <SignInAgain account={account} />}
      {!isLost && provider !== "SMTP" && health.fix?.includes("Sign-in for mail") && (
        <LinkButton size="small" href={paths.signInApp(provider)}>
          Open the settings
        </LinkButton>
      )}
      {needsPassword && (
        <LinkButton size="small" href={`${paths.editEmailAccount(account.id)}#field-smtpPassword`}>
          Enter new password
        </LinkButton>
      )}
      {needsPassword && known?.appPasswordUrl && (
        <a
          className="link inline-flex items-center gap-1 text-sm"
          href={known.appPasswordUrl}
          target="_blank"
          rel="noreferrer"
        >
          Create an app password at {known.name}
          <ExternalLink aria-hidden className="icon-badge" />
        </a>
      )}
      <Link className="link text-sm" href={guide.href}>
        {guide.label}
      </Link>
    </>
  );
  return (
    <Callout
      tone={health.state === "delayed" ? "amber" : "red"}
      className="mt-3.5 md:col-span-2"
      title={
        <>
          {failing && <ProblemWords problems={failing.problems} />}
          {health.sentence}
        </>
      }
      actions={actions}
      serverSaid={account.lastErrorSaid}
    >
      <Words>{(isLost ? null : failing?.fix) ?? health.fix ?? ""}</Words>
      {!isLost && " Mail waits in the inbox; nothing is lost."}
    </Callout>
  );
}

/** One click where a person signed in; the app's own access is mended in the settings. */
function SignInAgain({ account }: { account: AccountRow }) {
  const { id, email, provider, canReconnect } = account;
  if (provider === "SMTP") return null;
  if (!canReconnect) {
    return (
      <LinkButton size="small" href={paths.signInApp(provider)}>
        Open the settings
      </LinkButton>
    );
  }
  return (
    <ReconnectButton accountId={id} email={email} provider={PROVIDER_NAMES[provider]}>
      Reconnect
    </ReconnectButton>
  );
}
