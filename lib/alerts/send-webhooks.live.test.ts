import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { type Certificates, makeCertificates } from "../testing/certificates";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { OWNER } from "../testing/pipeline";
import { startWebhookServer, type WebhookServer } from "../testing/webhook-server";
import type { AccountNews } from "./alert-mail";
import { sendWebhooks, testWebhook } from "./send-webhooks";
import { queueWebhook } from "./webhook-queue";
import { openWebhook, removeWebhook, renewWebhookSecret, saveWebhook } from "./webhook-settings";

useTestDatabase();

let dir: string;
let certificates: Certificates;
let server: WebhookServer;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "webhook-"));
  certificates = await makeCertificates(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

beforeEach(async () => {
  process.env.EMAIL_ALLOWED_PRIVATE_HOSTS = "127.0.0.1";
  reloadEnv();
  await emptyDatabase(db().pool);
  server = await startWebhookServer(certificates);
  return () => server.stop();
});

const address = (port = server.port) => `https://127.0.0.1:${port}/hook?for=mailroom`;
const options = () => ({ ca: certificates.caPem });

const news: AccountNews = {
  ...{ id: "1", email: "support@desk.example", lateSince: new Date(0) },
  ...{ cause: "Nothing answers.", fix: null, ending: null },
};
const queue = () => queueWebhook(db().prisma, "accounts.stopped", [news]);
const deliveries = () =>
  db().prisma.webhookDelivery.findMany({
    orderBy: { id: "asc" },
    select: { id: true, status: true, attempts: true, lastResult: true },
  });
const makeDue = () => db().pool.query(`UPDATE "WebhookDelivery" SET "nextAttemptAt" = now()`);

describe("a webhook", () => {
  it("gets a request whose signature its secret proves", async () => {
    const { secret } = await saveWebhook(OWNER, address());
    await queue();
    expect(await sendWebhooks(options())).toBe(1);
    const [request] = server.heard;
    const { "webhook-id": id, "webhook-timestamp": time } = request?.headers ?? {};
    // As a receiver would: with nothing but the secret it was shown.
    const key = Buffer.from(secret?.replace("whsec_", "") ?? "", "base64");
    expect(key).toHaveLength(32);
    const signed = createHmac("sha256", key).update(`${id}.${time}.${request?.body}`);
    expect(request?.headers["webhook-signature"]).toBe(`v1,${signed.digest("base64")}`);
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60);
    expect(request).toMatchObject({
      path: "/hook?for=mailroom",
      headers: { "content-type": "application/json" },
    });
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      type: "accounts.stopped",
      data: { accounts: [{ email: "support@desk.example", cause: "Nothing answers." }] },
    });
    expect(await deliveries()).toMatchObject([{ status: "SENT", lastResult: "Answered 204." }]);
  });

  it("that refuses is tried again with the same id and body, and in the end given up", async () => {
    await saveWebhook(OWNER, address());
    await queue();
    server.answer(503);
    for (let tries = 0; tries < 12; tries++) {
      await sendWebhooks(options());
      await makeDue();
    }
    expect(server.heard).toHaveLength(8);
    expect(new Set(server.heard.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(server.heard.map(({ body }) => body)).size).toBe(1);
    expect(await deliveries()).toMatchObject([
      { status: "FAILED", attempts: 8, lastResult: "Answered 503." },
    ]);
  });

  it("is tried again after a minute and not before", async () => {
    await saveWebhook(OWNER, address());
    await queue();
    server.answer(500);
    await sendWebhooks(options());
    server.answer(200);
    expect(await sendWebhooks(options())).toBe(0);
    const wait = `SELECT extract(epoch FROM "nextAttemptAt" - now())::int AS s FROM "WebhookDelivery"`;
    expect((await db().pool.query(wait)).rows[0].s).toBeGreaterThan(50);
    await makeDue();
    expect(await sendWebhooks(options())).toBe(1);
  });

  it("hears things in the order in which they happened", async () => {
    await saveWebhook(OWNER, address());
    await queue();
    await queueWebhook(db().prisma, "accounts.resolved", [{ ...news, ending: "recovered" }]);
    server.answer(500);
    await sendWebhooks(options());
    server.answer(204);
    // The older one waits for its second try, and the younger one for the older.
    expect(await sendWebhooks(options())).toBe(0);
    await makeDue();
    expect(await sendWebhooks(options())).toBe(2);
    expect(server.heard.map(({ body }) => JSON.parse(body).type)).toEqual([
      ...["accounts.stopped", "accounts.stopped", "accounts.resolved"],
    ]);
  });

  it("gets each request once from many workers", async () => {
    await saveWebhook(OWNER, address());
    for (let n = 0; n < 5; n++) await queue();
    const sent = await Promise.all(Array.from({ length: 6 }, () => sendWebhooks(options())));
    expect(sent.reduce((sum, n) => sum + n, 0)).toBe(5);
    expect(new Set(server.heard.map(({ headers }) => headers["webhook-id"])).size).toBe(5);
    expect(server.heard).toHaveLength(5);
  });

  it("gets what a worker that died was sending again, by the same id", async () => {
    await saveWebhook(OWNER, address());
    await queue();
    server.answer("silence");
    const dying = new AbortController();
    const pass = sendWebhooks({ ...options(), signal: dying.signal });
    await expect.poll(() => server.heard.length).toBe(1);
    dying.abort();
    await pass;
    expect(await deliveries()).toMatchObject([{ status: "QUEUED", attempts: 1 }]);
    server.answer(204);
    await makeDue();
    expect(await sendWebhooks(options())).toBe(1);
    const [first, second] = server.heard;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  });

  it("that leads somewhere else is not followed there", async () => {
    await saveWebhook(OWNER, address());
    await queue();
    server.answer(302, { Location: address() });
    await sendWebhooks(options());
    expect(server.heard).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ status: "QUEUED", lastResult: "Answered 302." }]);
  });

  it("that never answers is left after ten seconds", async () => {
    await saveWebhook(OWNER, address());
    server.answer("silence");
    await expect(testWebhook(OWNER, options())).rejects.toThrow("No answer within 10 s.");
  }, 20_000);

  it.each([
    ["expired", "The server's certificate has expired."],
    ["wrong", "The server's certificate is for another name."],
    ["selfmade", "Nobody this machine trusts signed the server's certificate."],
  ] as const)("with a certificate that is %s gets nothing", async (certificate, said) => {
    const bad = await startWebhookServer(certificates, certificate);
    try {
      await saveWebhook(OWNER, address(bad.port));
      await queue();
      await sendWebhooks(options());
      expect(bad.heard).toEqual([]);
      expect(await deliveries()).toMatchObject([{ status: "QUEUED", lastResult: said }]);
    } finally {
      await bad.stop();
    }
  });

  it.each(["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]"])(
    "on %s is refused where nobody allowed it",
    async (host) => {
      process.env.EMAIL_ALLOWED_PRIVATE_HOSTS = "";
      reloadEnv();
      await saveWebhook(OWNER, `https://${host}:${server.port}/`);
      await expect(testWebhook(OWNER, options())).rejects.toThrow(
        /EMAIL_ALLOWED_PRIVATE_HOSTS|always refused/,
      );
      expect(server.heard).toEqual([]);
    },
  );
});

describe("its settings", () => {
  it.each([
    ["", "Enter the address"],
    ["example.com/hook", "This is not a web address"],
    ["http://example.com/hook", "must begin with https://"],
    ["javascript:alert(1)", "must begin with https://"],
    ["https://name:secret@example.com/", "Leave name and password out"],
    [`https://example.com/${"x".repeat(2_000)}`, "too long"],
  ])("refuse %s", async (url, words) => {
    await expect(saveWebhook(OWNER, url)).rejects.toThrow(words);
    expect(await openWebhook()).toBeNull();
  });

  it("hold the secret sealed, and give a new address a new one", async () => {
    const first = await saveWebhook(OWNER, "https://one.example/");
    const row = await db().prisma.setting.findFirstOrThrow({ where: { key: "alerts.webhook" } });
    expect(JSON.stringify(row)).not.toContain(first.secret);
    expect(await openWebhook()).toEqual({ url: "https://one.example/", secret: first.secret });
    expect(await saveWebhook(OWNER, "https://one.example/")).toEqual({ secret: null });
    expect((await openWebhook())?.secret).toBe(first.secret);
    const second = await saveWebhook(OWNER, "https://two.example/");
    expect(second.secret).not.toBe(first.secret);
    const renewed = await renewWebhookSecret(OWNER);
    expect((await openWebhook())?.secret).toBe(renewed.secret);
  });

  it("are an admin's, and are written down without the address", async () => {
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    for (const change of [
      () => saveWebhook(agent, "https://one.example/"),
      () => renewWebhookSecret(agent),
      () => removeWebhook(agent),
      () => testWebhook(agent),
    ])
      await expect(change()).rejects.toMatchObject({ code: "forbidden" });
    await saveWebhook(OWNER, "https://one.example/very-secret");
    const [entry] = await db().prisma.auditLog.findMany();
    expect(entry).toMatchObject({
      ...{ action: "alerts.webhook-saved", data: { host: "one.example" } },
    });
    expect(JSON.stringify(entry)).not.toContain("very-secret");
  });

  it("that are removed give up what waits, and nothing more is queued", async () => {
    await saveWebhook(OWNER, address());
    await queue();
    await removeWebhook(OWNER);
    await queue();
    await makeDue();
    expect(await sendWebhooks(options())).toBe(0);
    expect(await deliveries()).toMatchObject([
      { status: "FAILED", lastResult: "The webhook was removed." },
    ]);
    expect(server.heard).toEqual([]);
  });
});
