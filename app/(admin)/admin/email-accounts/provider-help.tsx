import { ExternalLink } from "lucide-react";
import type { DetectedProvider, Detection } from "@/lib/accounts/detect";

/** What the detected provider wants from the admin, beside the form; above it on a phone. */
export function ProviderHelp({ detection }: { detection: Detection | null }) {
  const provider = detection?.provider ?? null;
  return (
    <aside
      aria-label="About this provider"
      className="text-sm/[19px] text-ink-2 max-lg:max-w-[600px] max-lg:rounded-panel max-lg:border max-lg:border-rule max-lg:p-3.5 lg:col-start-2 lg:row-span-2 lg:row-start-1 lg:border-l lg:border-rule lg:pl-6"
    >
      {provider && (
        <div className="mb-3 border-b border-rule pb-3">
          <h2 className="text-section font-semibold text-ink">{provider.name}</h2>
          <Needs provider={provider} />
        </div>
      )}
      <p>Mailroom only reads the inbox. It never deletes mail and never answers old mail.</p>
    </aside>
  );
}

function Needs({ provider }: { provider: DetectedProvider }) {
  if (provider.id === "google" && provider.appPasswordUrl) {
    return (
      <>
        <p className="mt-1">Google needs an app password for mail programs.</p>
        <ol className="mt-2.5 list-decimal space-y-2 pl-5 text-ink marker:text-ink-3">
          <li>Turn on 2-Step Verification.</li>
          <li>
            <AppPasswordLink url={provider.appPasswordUrl} />
          </li>
          <li>Paste its 16 letters as SMTP Password.</li>
        </ol>
      </>
    );
  }
  return (
    <>
      {provider.notes.map((note) => (
        <p key={note} className="mt-1">
          {note}
        </p>
      ))}
      {provider.signIn === "app-password" && provider.appPasswordUrl && (
        <p className="mt-1.5">
          <AppPasswordLink url={provider.appPasswordUrl} />
        </p>
      )}
    </>
  );
}

function AppPasswordLink({ url }: { url: string }) {
  return (
    <a className="link inline-flex items-center gap-1" href={url} target="_blank" rel="noreferrer">
      Create an app password
      <ExternalLink aria-hidden className="icon-badge" />
    </a>
  );
}
