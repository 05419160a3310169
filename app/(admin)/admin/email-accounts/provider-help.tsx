import { paths } from "@/app/paths";
import type { DetectedProvider, Detection } from "@/lib/accounts/detect";
import { NewTab } from "./new-tab";

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
          <GuideLink id={provider.id} />
        </div>
      )}
      <p>
        Mailroom only reads the inbox, unless you choose more under “After import”. It never deletes
        mail and never answers old mail.
      </p>
      <p className="mt-1.5">
        <NewTab href={paths.help("email-setup")}>What the fields mean</NewTab>
      </p>
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

/** Our own words about a provider that is not simply a matter of host and password. */
function GuideLink({ id }: { id: string }) {
  const isMicrosoft = id === "microsoft" || id === "outlook";
  if (!isMicrosoft && id !== "google") return null;
  return (
    <p className="mt-1.5">
      {isMicrosoft ? (
        <NewTab href={paths.help("sign-in-apps", "microsoft")}>What works with Microsoft</NewTab>
      ) : (
        <NewTab href={paths.help("gmail-app-password")}>Where to click at Google</NewTab>
      )}
    </p>
  );
}

function AppPasswordLink({ url }: { url: string }) {
  return <NewTab href={url}>Create an app password</NewTab>;
}
