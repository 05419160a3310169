import { expect, type Page } from "@playwright/test";
import type { MailBed } from "@/lib/testing/mail-bed";

/** The account form's fields by the words that stand on them. */
export type AccountFields = Partial<
  Record<
    | "Email Address"
    | "SMTP Host"
    | "SMTP Port"
    | "SMTP Username"
    | "SMTP Password"
    | "IMAP Host"
    | "IMAP Port",
    string
  >
>;

/** What connects an address of the bed, by STARTTLS for both ways. */
export function bedFields(bed: MailBed, address: string): AccountFields {
  return {
    "Email Address": address,
    "SMTP Host": "127.0.0.1",
    "SMTP Port": String(bed.smtpPort),
    "SMTP Username": address,
    "SMTP Password": "pw",
    "IMAP Host": "127.0.0.1",
    "IMAP Port": String(bed.imapPort),
  };
}

/** Types into the form as a person does: field by field, found by its label. */
export async function fillAccount(page: Page, fields: AccountFields): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value);
}

/** Connects a mail user of the bed through the form, and waits for the list. */
export async function connectAccount(page: Page, bed: MailBed, address: string): Promise<void> {
  await page.goto("/admin/email-accounts/new");
  await fillAccount(page, bedFields(bed, address));
  await page.getByRole("button", { name: "Create Account" }).click();
  await expect(page.getByRole("region", { name: address })).toBeVisible();
}
