import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, OWNER } from "../testing/pipeline";
import { foldersOfSettings } from "./list-folders";
import type { AccountInput } from "./schema";

const USER = "support@example.test";

useTestDatabase();

let bed: MailBed;
beforeAll(async () => {
  bed = await startMailBed();
  await bed.doveadm("mailbox", "create", "-u", USER, "Kunden/Söder", "Shop");
});
afterAll(() => bed?.stop());
beforeEach(() => emptyDatabase(db().pool));

const form = (fields: Partial<AccountInput> = {}): AccountInput => ({
  ...{ email: USER, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpSecurity: "none" },
  ...{ smtpUsername: USER, smtpPassword: "pw" },
  ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapSecurity: "none" },
  ...fields,
});

it("gives the folders of a mailbox that is not saved yet, the inbox first", async () => {
  const folders = await foldersOfSettings(OWNER, form());
  expect(folders[0]).toBe("INBOX");
  expect(folders).toContain("Shop");
  expect(folders.join(" ")).toContain("Söder");
  expect(await db().prisma.emailAccount.count()).toBe(0);
});

it("uses the stored password, and sends it to no other server", async () => {
  const { id } = await connectAccount(bed, { email: USER });
  const typed = form({ smtpPassword: "" });
  expect(await foldersOfSettings(OWNER, typed, { id })).toContain("Shop");
  const elsewhere = foldersOfSettings(OWNER, { ...typed, imapHost: "127.0.0.2" }, { id });
  await expect(elsewhere).rejects.toMatchObject({ code: "invalid", field: "smtpPassword" });
});

it("says what is wrong with a refused password, or with none", async () => {
  const refused = foldersOfSettings(OWNER, form({ smtpPassword: "wrong" }));
  await expect(refused).rejects.toMatchObject({
    ...{ code: "unavailable", message: expect.stringMatching(/refused this username or password/) },
  });
  const none = foldersOfSettings(OWNER, form({ smtpUsername: "", smtpPassword: "" }));
  await expect(none).rejects.toMatchObject({ code: "invalid", field: "smtpPassword" });
});

it("is for admins", async () => {
  const agent = { id: null, role: "AGENT" } as const;
  await expect(foldersOfSettings(agent, form())).rejects.toMatchObject({ code: "forbidden" });
});
