import type { Metadata } from "next";
import Link from "next/link";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { Callout } from "@/app/ui/callout";
import { PageHeader } from "@/app/ui/page-header";
import { accountsByApp } from "@/lib/oauth/app-accounts";
import { listClients } from "@/lib/oauth/clients";
import { APP_PERMISSIONS, redirectUri, scopesOf } from "@/lib/oauth/providers";
import { SignInApp } from "./sign-in-app";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  await requireAdmin();
  const [clients, accounts] = await Promise.all([listClients(), accountsByApp()]);
  return (
    <>
      <PageHeader title="Settings" />
      <div className="gutter pt-5 pb-10">
        <h2 className="text-lg font-semibold">Sign-in for mail</h2>
        <div className="mt-1 max-w-[72ch] space-y-2 text-sm text-ink-2">
          <p>
            Microsoft takes no passwords for reading mail; Google prefers its own sign-in. Both let
            people sign in to an app you register there once, under your own name and address. Its
            id and secret stand here; what comes of a sign-in stays on this server.
          </p>
          <p>
            <Link className="link" href={paths.help("sign-in-apps")}>
              Sign in with Microsoft and Google, step by step
            </Link>
          </p>
        </div>
        {!isTakenByProviders(redirectUri()) && (
          <Callout tone="amber" className="mt-4 max-w-[72ch]" title="This address needs https.">
            Microsoft and Google send people back to an address with https only, or to localhost.
            Give Mailroom a name with a certificate, set APP_URL to it, and restart.
          </Callout>
        )}
        <div className="mt-6 grid max-w-[1040px] gap-x-11 gap-y-9 lg:grid-cols-2">
          {clients.map((client) => (
            <SignInApp
              key={client.provider}
              client={client}
              redirectUri={redirectUri()}
              scopes={scopesOf(client.provider)}
              appPermissions={client.provider === "MICROSOFT" ? [...APP_PERMISSIONS] : []}
              accounts={accounts[client.provider]}
            />
          ))}
        </div>
      </div>
    </>
  );
}

/** Both providers refuse to register anything else. */
function isTakenByProviders(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === "https:" || ["localhost", "127.0.0.1"].includes(hostname);
}
