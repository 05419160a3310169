import { afterEach, expect, it } from "vitest";
import { getEditableAccount } from "../accounts/get";
import { listAccounts } from "../accounts/list";
import { testAccount } from "../accounts/test-connection";
import { db } from "../db/client";
import { startWorkerProcess, type WorkerProcess } from "../testing/child-process";
import { createUser } from "../testing/factories";
import {
  admin,
  connectBySignIn,
  environmentOf,
  signInFor,
  useOAuthWorld,
  world,
} from "../testing/oauth-world";
import { receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { GrantTokens } from "./tokens";

useOAuthWorld();

const DESK = "support@example.test";
const PATIENTLY = { timeout: 60_000, interval: 50 };

let worker: WorkerProcess | null = null;
afterEach(async () => {
  await worker?.kill();
  worker = null;
});

/** Every row of every table, as text. */
async function everythingStored(): Promise<string> {
  const { rows: tables } = await db().pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const dumps = tables.map(async ({ name }) => {
    const { rows } = await db().pool.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM "${name}" t`,
    );
    return rows.map(({ row }) => row).join("\n");
  });
  return (await Promise.all(dumps)).join("\n");
}

/** As it is, and as it travels. */
const formsOf = (secret: string) => [
  secret,
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  encodeURIComponent(secret),
];

it("no token, code or secret shows in logs, tests, errors, poll history or any other row", async () => {
  const { id, grantId } = await connectBySignIn("MICROSOFT", DESK);
  const tokens = [await new GrantTokens(grantId).accessToken()];
  const said: unknown[] = [];
  worker = await startWorkerProcess({
    ...environmentOf(world),
    ...{ LOG_LEVEL: "trace", LOG_FORMAT: "json", EMAIL_POLLING_INTERVAL: "1" },
  });
  const polls = () => db().prisma.pollRun.count({ where: { finishedAt: { not: null } } });
  await expect.poll(polls, PATIENTLY).toBeGreaterThan(0);
  const { ticket } = await receiveOnTicket(rawMail(), { accountId: id });
  const agent = { id: (await createUser()).id, role: "AGENT" as const };
  await replyToTicket(agent, { number: ticket.number, text: "Change the bulb." });
  for (const test of ["imap", "mail"] as const) said.push(await testAccount(admin, id, test));
  // Refused, renewed, refused again: with the server's words, and in a test's protocol.
  world.microsoft.share(DESK, "billing@example.test");
  world.microsoft.expireAccessTokens();
  for (const test of ["imap", "smtp"] as const) said.push(await testAccount(admin, id, test));
  tokens.push(await new GrantTokens(grantId).accessToken());
  const failures = () =>
    db().prisma.emailAccount.count({ where: { id, lastErrorKind: { not: null } } });
  await world.bed.doveadm("kick", DESK);
  await expect.poll(failures, PATIENTLY).toBe(1);
  for (const trouble of ["client-expired", "down"] as const) {
    world.microsoft.set({ trouble });
    said.push(await signInFor("MICROSOFT", DESK));
  }
  said.push(await listAccounts(), await getEditableAccount(id));
  await worker.stop();

  const sent = world.microsoft.requests.flatMap(({ body }) => [
    ...[body.code, body.code_verifier, body.refresh_token],
  ]);
  const secrets = [...tokens, ...sent.flatMap((secret) => secret ?? [])];
  expect(secrets.length).toBeGreaterThanOrEqual(5);
  secrets.push(world.microsoft.clientSecret);
  const shown = [
    ...[worker.output(), await everythingStored()],
    JSON.stringify(said, (_key, value) => (typeof value === "bigint" ? String(value) : value)),
  ].join("\n");
  expect(shown).toContain("AUTHENTICATE");
  const leaked = secrets.filter((secret) => formsOf(secret).some((form) => shown.includes(form)));
  expect(leaked).toEqual([]);
}, 120_000);
