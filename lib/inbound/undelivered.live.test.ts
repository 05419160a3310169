import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { type ForgetfulServer, startForgetfulServer } from "../testing/forgetful-server";
import { addLiveWorker, connectAccount, OWNER, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { fetchAgain } from "./receipt-decisions";

// A server that lists a mail and leaves it out of its answer when asked for its bytes.

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

/** Three mails, the second of which the server does not deliver. */
async function withForgetfulServer(work: (server: ForgetfulServer) => Promise<void>) {
  const mails = [1, 2, 3].map((uid) => ({ uid, raw: rawMail({ subject: `mail ${uid}` }) }));
  const server = await startForgetfulServer(mails);
  server.withheld.add(2);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

const connect = (server: ForgetfulServer) => connectAccount({ imapPort: server.port, smtpPort: 1 });

const receipts = () => db().prisma.inboundEmail.findMany({ orderBy: { uid: "asc" } });
const second = async () =>
  db().prisma.inboundEmail.findFirstOrThrow({ where: { uid: 2 }, include: { message: true } });

/** Polls until the second mail is set aside, then asks for it again. */
async function askAgain(server: ForgetfulServer): Promise<{ id: string }> {
  const account = await connect(server);
  for (let tries = 0; tries < 6; tries++) await pollOnce([account.id]);
  await addLiveWorker();
  await fetchAgain(OWNER, (await second()).id);
  return account;
}

describe("a mail that the server leaves out of its answer", () => {
  it("is not passed over as if it were too large", () =>
    withForgetfulServer(async (server) => {
      const { id } = await connect(server);
      const first = await pollOnce([id]);
      expect(first.failed[0]?.error).toContain("does not deliver it");
      for (let tries = 0; tries < 6; tries++) await pollOnce([id]);
      const rows = await receipts();
      expect(
        rows.map(({ uid, status, isTruncated }) => [Number(uid), status, isTruncated]),
      ).toEqual([
        [1, "PROCESSED", false],
        [2, "QUARANTINED", false],
        [3, "PROCESSED", false],
      ]);
      expect(rows[1]?.reason).toContain("could not deliver this mail in 3 tries (UID 2)");
    }));

  it("fills its own receipt when it is fetched again and comes", () =>
    withForgetfulServer(async (server) => {
      const { id } = await askAgain(server);
      server.withheld.clear();
      expect(await pollOnce([id])).toMatchObject({ failed: [], ticketsCreated: 1 });
      expect(await second()).toMatchObject({
        status: "PROCESSED",
        refetchAt: null,
        message: { subject: "mail 2" },
      });
      expect(await receipts()).toHaveLength(3);
    }));

  it("says so when it is fetched again and still does not come; the poll is well, and asks once", () =>
    withForgetfulServer(async (server) => {
      const { id } = await askAgain(server);
      expect(await pollOnce([id])).toMatchObject({ failed: [], emailsProcessed: 0 });
      const reason =
        "Asked again: the server lists this mail and still does not deliver it (UID 2).";
      expect(await second()).toMatchObject({ status: "QUARANTINED", reason, refetchAt: null });
      const asked = server.lines.length;
      await pollOnce([id]);
      expect(server.lines.slice(asked).some((line) => line.includes("BODY.PEEK[]"))).toBe(false);
    }));

  it("says so when it is fetched again and the server has it no longer", () =>
    withForgetfulServer(async (server) => {
      const { id } = await askAgain(server);
      server.mails.splice(1, 1);
      expect(await pollOnce([id])).toMatchObject({ failed: [] });
      const reason = "Asked again: the server no longer has this mail.";
      expect(await second()).toMatchObject({ status: "QUARANTINED", reason });
    }));

  it("and of which we hold no receipt, is set aside by the comparison, behind which the others come", () =>
    withForgetfulServer(async (server) => {
      server.withheld.clear();
      const { id } = await connect(server);
      await pollOnce([id]);
      server.withheld.add(2);
      await db().prisma.inboundEmail.deleteMany({ where: { uid: { gte: 2 } } });
      await db().prisma.emailAccount.updateMany({ data: { compareDueAt: null } });
      expect(await pollOnce([id])).toMatchObject({ failed: [], quarantined: 1, duplicates: 1 });
      expect((await receipts()).map(({ status }) => status)).toEqual([
        "PROCESSED",
        "QUARANTINED",
        "DUPLICATE",
      ]);
    }));
});
