import type { ImapFlow } from "imapflow";
import { describe, expect, it } from "vitest";
import { compareNow } from "../accounts/polling";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { arrive, bed, folder, proxy, USER, useMailFolder } from "../testing/mail-folder";
import { addLiveWorker, connectAccount, OWNER, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";

// What is done with imported mails on a real server, and that it is done with no other.

useMailFolder();

const connect = (fields: Partial<AccountInput> = {}) =>
  connectAccount(bed, { folder, imapPort: proxy.port, ...fields });
const connectMoving = () => connect({ afterImport: "move", afterImportFolder: target() });
/** A folder of this test's own. */
const target = () => `${folder}-done`;

const subjectsIn = async (name: string) => {
  const mails = await bed.mailsOf(USER, name).catch(() => []);
  return mails.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]).sort();
};
const readOnServer = async () => {
  const mails = await bed.mailsOf(USER, folder);
  return mails.filter(({ flags }) => flags.includes("\\Seen")).length;
};
const elsewhere = (work: (client: ImapFlow) => Promise<unknown>) =>
  bed.withClient({ user: USER, folder }, work);
const outcomes = async () => {
  const rows = await db().prisma.inboundEmail.findMany({ orderBy: { uid: "asc" } });
  return rows.map(({ serverOutcome }) => serverOutcome);
};
const waiting = () => db().prisma.inboundEmail.count({ where: { serverDueAt: { not: null } } });
/** As if the pause before the next try were over. */
const makeDue = () =>
  db().pool.query(
    `UPDATE "InboundEmail" SET "serverDueAt" = now() WHERE "serverDueAt" IS NOT NULL`,
  );
const account = () => db().prisma.emailAccount.findFirstOrThrow();
const three = () => arrive(...["one", "two", "three"].map((subject) => rawMail({ subject })));

/** Compares the folder with what we hold. */
async function compared(id: string) {
  await addLiveWorker();
  await compareNow(OWNER, id);
  expect(await pollOnce()).toMatchObject({ failed: [] });
  const { serverMails, goneMails, missingMails, compareError } = await account();
  return { serverMails, goneMails, missingMails, compareError };
}

describe("after import", () => {
  it("nothing is done unless the account says so", async () => {
    await three();
    await connect();
    await pollOnce();
    await pollOnce();
    expect([await readOnServer(), await waiting()]).toEqual([0, 0]);
    expect(await outcomes()).toEqual([null, null, null]);
  });

  it("mails are marked as read by the poll after they were committed and processed", async () => {
    await three();
    await connect({ afterImport: "read" });
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 3 });
    expect([await readOnServer(), await waiting()]).toEqual([0, 3]);
    await pollOnce();
    expect([await readOnServer(), await waiting()]).toEqual([3, 0]);
    expect(await outcomes()).toEqual(["read", "read", "read"]);
  });

  it("mails are moved to a folder that is made, and the comparison misses none of them", async () => {
    await three();
    const { id } = await connectMoving();
    await pollOnce();
    expect(await subjectsIn(folder)).toHaveLength(3);
    await arrive(rawMail({ subject: "four" }));
    await pollOnce();
    expect(await subjectsIn(target())).toEqual(["one", "three", "two"]);
    expect(await subjectsIn(folder)).toEqual(["four"]);
    await pollOnce();
    expect(await subjectsIn(folder)).toEqual([]);
    expect(await compared(id)).toEqual({
      ...{ serverMails: 0, goneMails: 0, missingMails: 0, compareError: null },
    });
    expect(await db().prisma.ticket.count()).toBe(4);
  });

  it("a mail that is held, in quarantine or not processed yet stays as it is", async () => {
    await three();
    await connectMoving();
    await pollOnce();
    const states = ["HELD", "QUARANTINED", "PENDING"] as const;
    const rows = await db().prisma.inboundEmail.findMany({ orderBy: { uid: "asc" } });
    for (const [n, row] of rows.entries())
      await db().prisma.inboundEmail.update({
        where: { id: row.id },
        data: { status: states[n] ?? "HELD", nextTryAt: new Date(Date.now() + 3_600_000) },
      });
    expect(await pollOnce()).toMatchObject({ failed: [] });
    expect(await subjectsIn(folder)).toHaveLength(3);
    expect(await waiting()).toBe(3);
  });
});

describe("a crash", () => {
  it("between the commit and the action: a later poll does what is left", async () => {
    await three();
    await connectMoving();
    await pollOnce();
    // A worker that died: its claim has counted a try, and the server has heard nothing.
    await db().pool.query(`UPDATE "InboundEmail" SET "serverTries" = 1`);
    await pollOnce();
    expect(await subjectsIn(target())).toEqual(["one", "three", "two"]);
    expect(await outcomes()).toEqual(["moved", "moved", "moved"]);
  });

  it("after the action, before it is noted: nothing is moved twice, and nothing counts as gone", async () => {
    await three();
    const { id } = await connectMoving();
    await pollOnce();
    proxy.set({ loseAnswerTo: /UID MOVE/ });
    expect(await pollOnce()).toMatchObject({ failed: [] });
    expect((await account()).afterImportError).toMatch(/\S/);
    proxy.set({});
    expect(await waiting()).toBe(3);
    expect(await compared(id)).toMatchObject({ goneMails: 0, missingMails: 0 });
    await makeDue();
    await pollOnce();
    expect(await outcomes()).toEqual(["moved", "moved", "moved"]);
    expect(await subjectsIn(target())).toEqual(["one", "three", "two"]);
    expect(await account()).toMatchObject({ afterImportError: null, lastError: null });
  });

  it("after the copy on a server without MOVE: the copy is not made twice", async () => {
    await three();
    await connectMoving();
    await pollOnce();
    proxy.set({ mask: /\bMOVE\b/g, loseAnswerTo: /UID COPY/ });
    await pollOnce();
    expect(await subjectsIn(target())).toHaveLength(3);
    expect(await subjectsIn(folder)).toHaveLength(3);
    proxy.set({ mask: /\bMOVE\b/g });
    await makeDue();
    await pollOnce();
    expect(await subjectsIn(target())).toEqual(["one", "three", "two"]);
    expect(await subjectsIn(folder)).toEqual([]);
    expect(await outcomes()).toEqual(["moved", "moved", "moved"]);
  });
});

describe("a server without MOVE", () => {
  it("loses only the mails that were copied, not what others have marked as deleted", async () => {
    await three();
    await connectMoving();
    await pollOnce();
    await elsewhere(async (client) => {
      await client.append(folder, rawMail({ subject: "marked" }), ["\\Deleted"]);
    });
    proxy.set({ mask: /\bMOVE\b/g });
    await pollOnce();
    expect(await subjectsIn(target())).toEqual(["one", "three", "two"]);
    expect(await subjectsIn(folder)).toEqual(["marked"]);
  });

  it("nor UIDPLUS moves nothing, and says so", async () => {
    await three();
    await connectMoving();
    await pollOnce();
    proxy.set({ mask: /\b(MOVE|UIDPLUS)\b/g });
    expect(await pollOnce()).toMatchObject({ failed: [] });
    expect(await subjectsIn(folder)).toHaveLength(3);
    expect((await account()).afterImportError).toMatch(/neither MOVE nor UIDPLUS/);
  });
});

describe("the wrong mail", () => {
  it("is not touched where a UID means another mail now", async () => {
    await three();
    await connectMoving();
    await pollOnce();
    await db().pool.query(
      `UPDATE "InboundEmail" SET "sha256" = sha256('x'), "messageIdKey" = 'other@x.test' WHERE "uid" = 2`,
    );
    await pollOnce();
    expect(await subjectsIn(folder)).toEqual(["two"]);
    expect(await outcomes()).toEqual(["moved", "other", "moved"]);
  });

  it("is not touched after a new UIDVALIDITY: what waited is known by its bytes", async () => {
    await three();
    await connectMoving();
    await pollOnce();
    const raws = (await bed.mailsOf(USER, folder)).map(({ raw }) => raw);
    await bed.doveadm("mailbox", "delete", "-u", USER, folder);
    await bed.doveadm("mailbox", "create", "-u", USER, folder);
    await arrive(rawMail({ subject: "old one, restored" }), ...raws.reverse());
    expect(await pollOnce()).toMatchObject({ failed: [] });
    expect(await subjectsIn(folder)).toHaveLength(4);
    await pollOnce();
    expect(await subjectsIn(target())).toEqual(["one", "three", "two"]);
    expect(await subjectsIn(folder)).toEqual(["old one, restored"]);
  });

  it("is not touched when somebody else moved it away first", async () => {
    await three();
    await connect({ afterImport: "read" });
    await pollOnce();
    await elsewhere((client) => client.messageMove("2", "Archive"));
    await pollOnce();
    expect(await outcomes()).toEqual(["read", "gone", "read"]);
    const archived = await bed.mailsOf(USER, "Archive");
    expect(archived.at(-1)?.flags).not.toContain("\\Seen");
  });
});
