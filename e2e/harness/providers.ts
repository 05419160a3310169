import type { Page } from "@playwright/test";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import {
  type OpenIdProvider,
  startOpenIdProvider,
  TEST_TENANT,
} from "@/lib/testing/openid-provider";
import { expect } from "../fixtures";
import { unfold } from "./fold";

/** Providers one signs in at, and mail servers that take their tokens. */
export type Providers = {
  microsoft: OpenIdProvider;
  google: OpenIdProvider;
  bed: MailBed;
  stop(): Promise<void>;
};

/** Starts them for a desk at `deskUrl`, to which they send people back. */
export async function startProviders(deskUrl: string): Promise<Providers> {
  const redirectUri = `${deskUrl}/api/oauth/callback`;
  const [microsoft, google] = await Promise.all([
    startOpenIdProvider("MICROSOFT", redirectUri),
    startOpenIdProvider("GOOGLE", redirectUri),
  ]);
  const bed = await startMailBed({
    mailboxOf: async (token) =>
      (await microsoft.mailboxOf(token)) ?? (await google.mailboxOf(token)),
  });
  return {
    ...{ microsoft, google, bed },
    async stop() {
      await Promise.all([bed.stop(), microsoft.stop(), google.stop()]);
    },
  };
}

/** What a desk has to be told of them: all but ids and secrets, which the settings page takes. */
export function addressesOf({ microsoft, google, bed }: Providers): Record<string, string> {
  return {
    MICROSOFT_AUTHORITY: microsoft.origin,
    GOOGLE_AUTHORITY: google.origin,
    GOOGLE_OAUTH_API: google.origin,
    OAUTH_MAIL_HOSTS: "127.0.0.1",
    NODE_EXTRA_CA_CERTS: bed.caFile,
  };
}

/** Enters the app of a provider on the settings page, as an admin does. */
export async function enterApp(
  page: Page,
  name: "Microsoft" | "Google",
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<void> {
  await page.goto("/admin/settings");
  const part = page.getByRole("region", { name, exact: true });
  await part.getByLabel(/client\) ID$|^Client ID$/i).fill(clientId);
  await part.getByLabel("Client secret", { exact: true }).fill(clientSecret);
  if (name === "Microsoft") await part.getByLabel("Directory (tenant) ID").fill(TEST_TENANT);
  await part.getByRole("button", { name: `Save ${name} app` }).click();
  await expect(part.getByText("Set up", { exact: true })).toBeVisible();
}

/** Answers a provider's page, as whoever has `address`. */
export async function consentAs(
  page: Page,
  address: string,
  answer: "Allow" | "Deny" = "Allow",
): Promise<void> {
  await expect(page.getByRole("heading", { name: "Sign in", exact: true })).toBeVisible();
  await page.getByLabel("Address", { exact: true }).fill(address);
  await page.getByRole("button", { name: answer }).click();
}

/** Types the bed's servers in place of the provider's own. */
export async function useBedServers(page: Page, bed: MailBed): Promise<void> {
  await unfold(page, "Server settings");
  await page.getByLabel("SMTP Host", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("SMTP Port", { exact: true }).fill(String(bed.smtpPort));
  await page.getByLabel("IMAP Host", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("IMAP Port", { exact: true }).fill(String(bed.imapPort));
}
