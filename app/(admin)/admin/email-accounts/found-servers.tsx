import { Check, ExternalLink, LoaderCircle } from "lucide-react";
import { paths } from "@/app/paths";
import { Callout } from "@/app/ui/callout";
import { Disclosure } from "@/app/ui/disclosure";
import type { FormFinding } from "./form-state";
import { signInFor } from "./sign-in-intents";

/** Below the address: that servers are looked for, which were found and how, and what cannot work. */
export function FoundServers({
  finding,
  looking,
  again,
}: {
  finding: FormFinding | null;
  looking: string | null;
  /** The button that looks again, where there is JavaScript. */
  again: React.ReactNode;
}) {
  return (
    <div aria-live="polite" className="space-y-2.5 empty:hidden">
      {looking ? (
        <p className="flex items-center gap-1.5 text-sm text-ink-2">
          <LoaderCircle aria-hidden className="icon animate-spin" />
          Looking for the mail servers of {looking}…
        </p>
      ) : (
        finding && <Result finding={finding} again={again} />
      )}
    </div>
  );
}

function Result({ finding, again }: { finding: FormFinding; again: React.ReactNode }) {
  const { domain, source, trouble, mayLookUp, attempts, strangers } = finding;
  if (trouble) return <p className="text-sm text-amber">{trouble}</p>;
  return (
    <>
      <Obstacle finding={finding} />
      {source ? (
        <p className="flex gap-1.5 text-sm text-green">
          <Check aria-hidden className="icon mt-px" />
          <span>{source}</span>
        </p>
      ) : (
        !finding.obstacle && (
          <p className="text-sm text-ink-2">
            {mayLookUp
              ? `No servers were found for ${domain}. Enter them below; whoever runs the mailbox knows them.`
              : `Looking servers up is switched off, and ${domain} is not one of the well-known domains. Enter the servers below.`}
          </p>
        )
      )}
      {strangers.length > 0 && (
        <p className="text-sm text-amber">
          {strangers.join(" and ")} is outside of {domain}. Only DNS says that it is yours: check
          that you know it before you send a password there.
        </p>
      )}
      {attempts.length > 0 && (
        <Disclosure label="What was tried">
          <dl className="space-y-1 border-l border-rule pl-3 text-sm/5">
            {attempts.map(({ where, outcome }) => (
              <div
                key={`${where} ${outcome}`}
                className="md:grid md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] md:gap-3"
              >
                <dt className="break-words text-ink-2">{where}</dt>
                <dd className="break-words text-ink-3">{outcome}</dd>
              </div>
            ))}
          </dl>
          {again}
        </Disclosure>
      )}
    </>
  );
}

/** What cannot work with any password, before somebody tries one. Microsoft's way in stands below. */
function Obstacle({ finding: { provider, obstacle } }: { finding: FormFinding }) {
  if (!provider || !obstacle || signInFor(provider.id) === "MICROSOFT") return null;
  return (
    <Callout tone="amber" title={`${provider.name} cannot be read with a password.`}>
      <p>{obstacle}</p>
      <p className="mt-1">
        <a
          className="link inline-flex items-center gap-1"
          href={paths.help("email-setup", "other-providers")}
          target="_blank"
          rel="noreferrer"
        >
          What the guide says about it
          <ExternalLink aria-hidden className="icon-badge" />
        </a>
      </p>
    </Callout>
  );
}
