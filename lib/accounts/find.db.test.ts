import dns from "node:dns";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { areLookUpsOn, setLookUps } from "../discovery/look-ups";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type NameServer, startNameServer } from "../testing/name-server";
import { detectServers } from "./detect";
import { findForAccount } from "./find";

useTestDatabase();

/** No test may leave this machine: every name leads to an address that is refused. */
const REFUSED = { a: ["10.9.9.9"] };
const LETTERS = "abcdefghijklmnopqrstuvwxyz".split("");

let nameServer: NameServer;
const before = dns.getServers();

beforeAll(async () => {
  nameServer = await startNameServer({ "google.mailbed": { mx: [[1, "aspmx.l.google.com"]] } });
  for (const letter of LETTERS) {
    for (const host of ["", "autoconfig.", "imap.", "mail.", "smtp."])
      nameServer.zone[`${host}${letter}.mailbed`] = REFUSED;
  }
  dns.setServers([nameServer.address]);
});

afterAll(async () => {
  dns.setServers(before);
  await nameServer.close();
});

beforeEach(async () => {
  await emptyDatabase(db().pool);
  nameServer.questions.length = 0;
});

const someone = async (role: "ADMIN" | "AGENT") => ({ id: (await createUser({ role })).id, role });

describe("looking for servers", () => {
  it("asks the name servers that the process asks, and says what came of it", async () => {
    const finding = await findForAccount(await someone("ADMIN"), "help@a.mailbed");
    expect(finding).toMatchObject({ domain: "a.mailbed", source: null, mayLookUp: true });
    expect(finding?.attempts.map(({ outcome }) => outcome).join(" ")).toContain(
      "autoconfig.a.mailbed (10.9.9.9) is on this machine or in a private network",
    );
    expect(nameServer.questions).toContain("MX a.mailbed");
    expect(nameServer.questions).toContain("SRV _submissions._tcp.a.mailbed");
  });

  it("is for admins only", async () => {
    const agent = await someone("AGENT");
    await expect(findForAccount(agent, "help@a.mailbed")).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(setLookUps(agent, false)).rejects.toMatchObject({ code: "forbidden" });
    expect(await areLookUpsOn()).toBe(true);
    expect(nameServer.questions).toEqual([]);
  });

  it("is counted where somebody is asked: the 21st in a minute waits", async () => {
    const admin = await someone("ADMIN");
    const look = (letter: string) => findForAccount(admin, `help@${letter}.mailbed`);
    for (const letter of LETTERS.slice(0, 20)) await look(letter);
    await expect(look("z")).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^Too many look-ups\. Try again in \d+ s\.$/),
    });
    // Half-typed addresses and well-known ones cost nothing, and somebody else has tries of their own.
    expect(await findForAccount(admin, "help@a")).toBeNull();
    expect(await findForAccount(admin, "help@gmail.com")).toMatchObject({
      provider: { id: "google" },
    });
    expect(await findForAccount(await someone("ADMIN"), "help@z.mailbed")).not.toBeNull();
  });

  it("is switched off for all: nothing is asked any more, not even for an MX record", async () => {
    const admin = await someone("ADMIN");
    const typed = { email: "help@google.mailbed", smtpHost: "" };
    expect((await detectServers(typed)).foundBy).toBe("mx");
    await setLookUps(admin, false);
    nameServer.questions.length = 0;
    expect(await findForAccount(admin, "help@google.mailbed")).toMatchObject({
      ...{ source: null, attempts: [], mayLookUp: false },
    });
    expect(await findForAccount(admin, "help@gmail.com")).toMatchObject({
      imap: { host: "imap.gmail.com" },
    });
    expect((await detectServers(typed)).foundBy).toBeNull();
    expect(nameServer.questions).toEqual([]);

    await setLookUps(admin, true);
    expect(await findForAccount(admin, "help@google.mailbed")).toMatchObject({
      provider: { id: "google" },
    });
    const log = await db().prisma.auditLog.findMany({ orderBy: { id: "asc" } });
    expect(log.map(({ actorId, action, data }) => ({ actorId, action, data }))).toEqual([
      { actorId: admin.id, action: "look-ups.changed", data: { isOn: false } },
      { actorId: admin.id, action: "look-ups.changed", data: { isOn: true } },
    ]);
  });
});
