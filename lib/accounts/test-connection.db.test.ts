import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { freePort } from "../db/processes";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import type { AccountActor } from "./admin";
import { createAccount } from "./create";
import type { AccountInput } from "./schema";
import { testAccount, testSettings } from "./test-connection";

useTestDatabase();

const owner: AccountActor = { id: null, role: "ADMIN" };
let closedPort = 0;
let input: AccountInput;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  closedPort = await freePort();
  input = {
    email: "support@desk.example",
    smtpHost: "127.0.0.1",
    smtpPort: closedPort,
    smtpUsername: "support",
    smtpPassword: "the secret",
    imapHost: "127.0.0.1",
    imapPort: closedPort,
  };
});

describe("testing a connection", () => {
  it("reports a closed port of a connected account in the guide's words", async () => {
    const { id } = await createAccount(owner, input);
    const imap = await testAccount(owner, id, "imap");
    expect(imap).toMatchObject({ ok: false, headline: "IMAP connection test failed" });
    expect(imap.stages.find((stage) => stage.state === "failed")?.name).toBe("TCP");
    expect(imap.failure?.fix).toBeTruthy();
    const smtp = await testAccount(owner, id, "smtp");
    expect(smtp).toMatchObject({ ok: false, headline: "SMTP connection test failed" });
    expect(JSON.stringify([imap, smtp])).not.toContain("the secret");
  });

  it("takes the form's values, and the stored password where its server is the same", async () => {
    const typed = await testSettings(owner, input, { test: "smtp" });
    expect(typed.headline).toBe("SMTP connection test failed");
    const { id } = await createAccount(owner, input);
    const blank = { ...input, smtpPassword: "" };
    const stored = await testSettings(owner, blank, { test: "imap", id });
    expect(stored.headline).toBe("IMAP connection test failed");
  });

  it.each(["smtp", "imap"] as const)(
    "never sends a stored password to another %s server",
    async (protocol) => {
      const { id } = await createAccount(owner, input);
      const moved = { ...input, smtpPassword: "", [`${protocol}Host`]: "localhost" };
      await expect(testSettings(owner, moved, { test: protocol, id })).rejects.toMatchObject({
        code: "invalid",
        field: "smtpPassword",
      });
    },
  );

  it("asks for what is missing before it connects", async () => {
    await expect(
      testSettings(owner, { ...input, smtpPassword: "" }, { test: "smtp" }),
    ).rejects.toMatchObject({ field: "smtpPassword" });
    await expect(
      testSettings(owner, { ...input, imapHost: "" }, { test: "imap" }),
    ).rejects.toMatchObject({ field: "imapHost" });
    await expect(testSettings(owner, { ...input, smtpPort: 0 }, { test: "smtp" })).rejects.toThrow(
      "must be a port from 1 to 65535",
    );
  });

  it("recognises an everyday password where Google wants an app password", async () => {
    const gmail = {
      email: "desk@gmail.com",
      smtpHost: "smtp.gmail.com",
      smtpUsername: "desk@gmail.com",
      smtpPassword: "Autumn-2026!",
    };
    await expect(testSettings(owner, gmail, { test: "smtp" })).rejects.toMatchObject({
      field: "smtpPassword",
      message: expect.stringContaining("This looks like an everyday password. Google takes only"),
    });
  });

  it("allows one admin ten tests a minute", async () => {
    const admin = await createUser({ role: "ADMIN" });
    const other = await createUser({ role: "ADMIN" });
    const { id } = await createAccount(owner, input);
    for (let n = 0; n < 10; n++) await testAccount(admin, id, "smtp");
    await expect(testAccount(admin, id, "smtp")).rejects.toThrow(/Too many tests/);
    await testAccount(other, id, "smtp");
  });

  it.each(["AGENT", "CUSTOMER"] as const)("is refused to %s", async (role) => {
    const { id } = await createAccount(owner, input);
    const actor: AccountActor = { id: null, role };
    await expect(testAccount(actor, id, "smtp")).rejects.toMatchObject({ code: "forbidden" });
    await expect(testSettings(actor, input, { test: "smtp" })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
