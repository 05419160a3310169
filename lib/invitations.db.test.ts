import { beforeEach, describe, expect, it } from "vitest";
import { findLink, latestLink } from "./access-links";
import { db } from "./db/client";
import { env } from "./env";
import {
  acceptLink,
  inviteUser,
  renewLink,
  requestRegistration,
  requestReset,
  sendLink,
} from "./invitations";
import { openNotice } from "./outbound/notice";
import { setRegistrationOpen } from "./portal";
import { findSession, startSession } from "./sessions";
import { checkSignIn } from "./sign-in";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createAccount, createContact, createTicket, createUser } from "./testing/factories";
import { listCustomerTickets } from "./tickets/customer-list";
import { setUserActive } from "./users";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const PASSWORD = "a good long password";
const NEW_AGENT = { email: "nora@desk.example", name: "Nora Brandt", role: "AGENT" as const };

const admin = async () => ({
  id: (await createUser({ role: "ADMIN" })).id,
  role: "ADMIN" as const,
});
const sender = () => createAccount({ isDefault: true, email: "support@desk.example" });
const tokenOf = (url: string) => url.slice(url.lastIndexOf("/") + 1);

/** The notices that wait to be sent, oldest first, opened. */
async function notices() {
  const rows = await db().prisma.outboundEmail.findMany({
    where: { messageRowId: null, noticeSealed: { not: null } },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id, noticeSealed, recipients }) => {
    const notice = openNotice(id, noticeSealed ?? "");
    const url = new RegExp(`${env().APP_URL}/access/\\S+`).exec(notice.text)?.[0] ?? "";
    return { ...notice, id, recipients, token: tokenOf(url) };
  });
}

const age = (minutes: number) =>
  db().pool.query(`UPDATE "AccessLink" SET "expiresAt" = now() + make_interval(mins => $1)`, [
    30 - minutes,
  ]);

describe("an invitation", () => {
  it("goes by mail from the default account, and its link sets the password once", async () => {
    await sender();
    const boss = await admin();
    const { id, handed } = await inviteUser(boss, NEW_AGENT);
    expect(handed).toEqual({ by: "mail", to: "nora@desk.example" });
    const [mail] = await notices();
    expect(mail).toMatchObject({ to: { name: "Nora Brandt", address: "nora@desk.example" } });
    expect(mail?.text).toContain("30 minutes");
    const token = mail?.token ?? "";
    expect(await findLink(token)).toMatchObject({ state: "open", purpose: "INVITE" });
    expect(await checkSignIn({ email: NEW_AGENT.email, password: "", ip: "1" })).toMatchObject({
      ok: false,
    });

    expect(await acceptLink(token, PASSWORD)).toEqual({ userId: id, role: "AGENT" });
    expect(await checkSignIn({ email: NEW_AGENT.email, password: PASSWORD, ip: "1" })).toEqual({
      ok: true,
      userId: id,
    });
    expect(await findLink(token)).toMatchObject({ state: "used" });
    await expect(acceptLink(token, PASSWORD)).rejects.toMatchObject({ code: "forbidden" });
  });

  it("is shown to be handed over while no account can send, or to an address of our own", async () => {
    const boss = await admin();
    const first = await inviteUser(boss, NEW_AGENT);
    expect(first.handed).toMatchObject({ by: "hand", to: "nora@desk.example" });
    await createAccount({ email: "support@desk.example", isDefault: true, isActive: false });
    expect((await sendLink(boss, first.id, { byHand: false })).by).toBe("hand");
    await db().prisma.emailAccount.updateMany({ data: { isActive: true } });
    expect((await sendLink(boss, first.id, { byHand: false })).by).toBe("mail");
    const own = await inviteUser(boss, { ...NEW_AGENT, email: "support@desk.example" });
    expect(own.handed.by).toBe("hand");
    if (own.handed.by !== "hand") return;
    expect(own.handed.url).toMatch(new RegExp(`^${env().APP_URL}/access/[A-Za-z0-9_-]{43}$`));
    expect((await acceptLink(tokenOf(own.handed.url), PASSWORD)).userId).toBe(own.id);
  });

  it("keeps neither link nor token readable in the database", async () => {
    await sender();
    const { handed } = await inviteUser(await admin(), NEW_AGENT);
    expect(handed.by).toBe("mail");
    const token = (await notices())[0]?.token ?? "";
    expect(token).toHaveLength(43);
    for (const table of ["AccessLink", "OutboundEmail", "AuditLog", "User"]) {
      const { rows } = await db().pool.query(`SELECT * FROM "${table}"`);
      expect(JSON.stringify(rows), table).not.toContain(token);
    }
  });

  it("works for 30 minutes by the database's clock; its page then sends another", async () => {
    await sender();
    await inviteUser(await admin(), NEW_AGENT);
    const token = (await notices())[0]?.token ?? "";
    await age(29);
    expect(await findLink(token)).toMatchObject({ state: "open" });
    await age(31);
    expect(await findLink(token)).toMatchObject({ state: "expired" });
    await expect(acceptLink(token, PASSWORD)).rejects.toThrow(/too old/);
    expect(await renewLink(token)).toBe(true);
    const [, second] = await notices();
    expect(second?.to.address).toBe("nora@desk.example");
    expect((await acceptLink(second?.token ?? "", PASSWORD)).role).toBe("AGENT");
    expect(await renewLink(token)).toBe(false);
    expect(await renewLink("nonsense")).toBe(false);
  });

  it("of two who come with it at the same moment lets one in", async () => {
    const { handed } = await inviteUser(await admin(), NEW_AGENT);
    const token = handed.by === "hand" ? tokenOf(handed.url) : "";
    const both = await Promise.allSettled([
      acceptLink(token, `${PASSWORD} one`),
      acceptLink(token, `${PASSWORD} two`),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("by an agent is for customers only; by a customer for nobody", async () => {
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const customer = { id: (await createUser({ role: "CUSTOMER" })).id, role: "CUSTOMER" as const };
    await expect(inviteUser(agent, NEW_AGENT)).rejects.toMatchObject({ code: "forbidden" });
    const guest = { ...NEW_AGENT, role: "CUSTOMER" as const };
    await expect(inviteUser(customer, guest)).rejects.toMatchObject({ code: "forbidden" });
    await expect(inviteUser(agent, guest)).resolves.toMatchObject({ handed: { by: "hand" } });
    await expect(sendLink(agent, agent.id, { byHand: true })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("ends with a newer one, with deactivation, and when its mail came back", async () => {
    const boss = await admin();
    const first = await inviteUser(boss, NEW_AGENT);
    const second = await sendLink(boss, first.id, { byHand: true });
    if (first.handed.by !== "hand" || second.by !== "hand") throw new Error("no account can send");
    expect(await findLink(tokenOf(first.handed.url))).toMatchObject({ state: "used" });
    expect(await findLink(tokenOf(second.url))).toMatchObject({ state: "open" });
    await setUserActive(boss, first.id, false);
    await expect(acceptLink(tokenOf(second.url), PASSWORD)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(sendLink(boss, first.id, { byHand: true })).rejects.toThrow(/Reactivate/);
  });
});

describe("a forgotten password", () => {
  it("is replaced by a link, which ends every session", async () => {
    await sender();
    const user = await createUser({ email: "ann@desk.example", passwordHash: "$argon2id$none" });
    const session = await startSession(user.id, null);
    await requestReset("ANN@desk.example");
    const [mail] = await notices();
    expect(mail?.to).toEqual({ name: "", address: "ann@desk.example" });
    expect(await findLink(mail?.token ?? "")).toMatchObject({ purpose: "RESET" });
    expect(await findSession(session)).not.toBeNull();
    await acceptLink(mail?.token ?? "", PASSWORD);
    expect(await findSession(session)).toBeNull();
    expect(await latestLink(user.id)).toMatchObject({ state: "over" });
  });

  it("of nobody, of somebody deactivated, or with nothing to send from makes no link", async () => {
    await createUser({ email: "ann@desk.example" });
    await requestReset("ann@desk.example");
    await sender();
    await createUser({ email: "gone@desk.example", isActive: false });
    for (const email of ["nobody@desk.example", "gone@desk.example", "", "a\0b@desk.example"])
      await requestReset(email);
    expect(await notices()).toEqual([]);
    expect(await db().prisma.accessLink.count()).toBe(0);
  });

  it("stays as it is when the new one is too short, and the link stays good", async () => {
    const { handed } = await inviteUser(await admin(), NEW_AGENT);
    const token = handed.by === "hand" ? tokenOf(handed.url) : "";
    await expect(acceptLink(token, "short")).rejects.toMatchObject({ field: "password" });
    expect(await findLink(token)).toMatchObject({ state: "open" });
  });
});

describe("a registration", () => {
  const NEW = { email: "Maria@customer.example", name: "Maria Rossi" };

  it("makes a customer only by the link, who finds the earlier tickets of that address", async () => {
    await sender();
    const contact = await createContact({ email: "maria@customer.example" });
    const mine = await createTicket({ requesterId: contact.id });
    await createTicket();
    await requestRegistration(NEW);
    expect(await db().prisma.user.count()).toBe(0);
    const [mail] = await notices();
    expect(mail?.to).toEqual({ name: "", address: "maria@customer.example" });
    // A stranger's words must not go out in our name.
    expect(mail?.text).not.toContain("Rossi");
    const { userId, role } = await acceptLink(mail?.token ?? "", PASSWORD);
    expect(role).toBe("CUSTOMER");
    const user = await db().prisma.user.findUniqueOrThrow({ where: { id: userId } });
    expect(user).toMatchObject({ email: "maria@customer.example", name: "Maria Rossi" });
    const { rows } = await listCustomerTickets({ id: userId, role }, null);
    expect(rows.map(({ number }) => number)).toEqual([mine.number]);
  });

  it("of somebody who is here already sends a link for a new password instead", async () => {
    await sender();
    await createUser({ email: "maria@customer.example", role: "CUSTOMER", passwordHash: "x" });
    await requestRegistration(NEW);
    const [mail] = await notices();
    expect(await findLink(mail?.token ?? "")).toMatchObject({ purpose: "RESET" });
  });

  it("is refused while registration is closed, which only admins may do", async () => {
    await sender();
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    await expect(setRegistrationOpen(agent, false)).rejects.toMatchObject({ code: "forbidden" });
    await setRegistrationOpen(await admin(), false);
    await expect(requestRegistration(NEW)).rejects.toThrow(/closed/);
    await setRegistrationOpen(await admin(), true);
    await expect(requestRegistration(NEW)).resolves.toBeUndefined();
  });

  it("that somebody else finished first is refused and leaves nothing behind", async () => {
    await sender();
    await requestRegistration(NEW);
    const token = (await notices())[0]?.token ?? "";
    await createUser({ email: "maria@customer.example", role: "CUSTOMER" });
    await expect(acceptLink(token, PASSWORD)).rejects.toMatchObject({ code: "conflict" });
    expect(await db().prisma.user.count()).toBe(1);
  });
});
