import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { StoppedAccounts } from "@/lib/accounts/stopped";
import { PROVIDER_NAMES } from "@/lib/oauth/providers";
import { ReconnectButton } from "../oauth/reconnect-button";
import { paths } from "../paths";
import type { Language } from "../words/dictionary";
import { fill } from "../words/fill";
import { LanguageProvider } from "../words/language-context";
import { shellWords } from "../words/shell";
import { RelativeTime } from "./relative-time";

/** Says on every page of an admin's that accounts bring no mail, and where to see why. */
export function StoppedBanner({
  stopped,
  language,
}: {
  stopped: StoppedAccounts;
  language: Language;
}) {
  const { count, email, needsPassword, lastPolledAt } = stopped;
  const reconnect = count === 1 ? stopped.reconnect : null;
  const { banner } = shellWords[language];
  return (
    <section
      lang={language}
      aria-label={banner.label}
      className="gutter flex flex-wrap items-center gap-x-2.5 gap-y-1 border-b border-red-line bg-red-bg py-2 text-sm"
    >
      <TriangleAlert aria-hidden className="icon text-red" />
      <p className="min-w-0 font-semibold [overflow-wrap:anywhere]">
        {count > 1 ? banner.many(count) : sentenceOf(banner, { needsPassword, reconnect })(email)}
      </p>
      {count === 1 && lastPolledAt && (
        <p className="text-ink-2">
          <LanguageProvider language={language}>
            {fill(banner.last, { time: <RelativeTime date={lastPolledAt} /> })}
          </LanguageProvider>
        </p>
      )}
      {reconnect && (
        <ReconnectButton
          accountId={reconnect.id}
          email={email}
          provider={PROVIDER_NAMES[reconnect.provider]}
          variant="red"
        >
          {banner.reconnect}
        </ReconnectButton>
      )}
      <Link href={paths.emailAccounts} className="link font-semibold">
        {banner.why}
      </Link>
    </section>
  );
}

function sentenceOf(
  { one, password, signIn }: Record<"one" | "password" | "signIn", (email: string) => string>,
  { needsPassword, reconnect }: Pick<StoppedAccounts, "needsPassword" | "reconnect">,
): (email: string) => string {
  if (reconnect) return signIn;
  return needsPassword ? password : one;
}
