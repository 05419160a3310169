import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { db } from "@/lib/db/client";
import { freePort } from "@/lib/db/processes";
import { PRACTICE_ADDRESS } from "@/lib/practice-address";
import { removePractice } from "@/lib/practice-removal";
import { useTestDatabase } from "@/lib/testing/database";

const isBuilt = existsSync(".next/BUILD_ID") && existsSync("dist/worker.mjs");
if (!isBuilt) console.log("scripts/quickstart.live.test.ts is skipped: run npm run build first");

useTestDatabase();

/** The whole quickstart on this test's database; it ends by itself after its report. */
describe.runIf(isBuilt)("npm run quickstart", { timeout: 180_000 }, () => {
  let dir: string;
  let port: number;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(os.tmpdir(), "mr-quickstart-"));
    port = await freePort();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function quickstart(): Promise<{ code: number; output: string }> {
    const env = {
      ...{ MAILROOM_DATA_DIR: dir, PORT: String(port), APP_URL: "", QUICKSTART_ONCE: "1" },
      npm_lifecycle_event: "",
    };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ["scripts/quickstart.mjs"],
        { env: Object.assign({ ...process.env }, env) },
        (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      );
    });
  }

  test("says what to open, who signs in, what the first poll made and what comes next", async () => {
    const { code, output } = await quickstart();
    expect(output).toMatch(
      new RegExp(
        [
          "^Mailroom is running\\.",
          `  Open      http://localhost:${port}`,
          "  Sign in   admin@practice\\.test  /  [a-z2-9]{12}",
          "  First poll: 15 mails read = 10 tickets \\+ 2 replies on their ticket \\+ 3 tickets of automatic mail",
          '  Next: "First steps" above the tickets .+',
          `  Send another practice mail: http://localhost:${port}/practice`,
          "  Stop with Ctrl-C\\. .+$",
        ].join("\n"),
        "m",
      ),
    );
    expect(code).toBe(0);
  });

  test("does not bring the samples back once they were removed", async () => {
    await removePractice({ id: null, role: "ADMIN" });
    const { code, output } = await quickstart();
    expect(output).toContain("  First poll: no practice mail, the sample tickets were removed");
    expect(output).toMatch(/ {2}Sign in {3}admin@practice\.test {2}\/ {2}[a-z2-9]{12}$/m);
    expect(output).not.toContain("/practice");
    expect(code).toBe(0);
    const email = PRACTICE_ADDRESS;
    expect(await db().prisma.emailAccount.findUnique({ where: { email } })).toBeNull();
    expect(await db().prisma.ticket.count({ where: { deletedAt: null } })).toBe(0);
  });
});
