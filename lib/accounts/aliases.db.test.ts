import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { OWNER, receive, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { getReplyHead } from "../tickets/reply-head";
import { createAccount } from "./create";
import { getEditableAccount } from "./get";
import { likeValues } from "./like";
import type { AccountInput } from "./schema";
import { updateAccount } from "./update";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";
const input: AccountInput = {
  ...{
    email: "support@example.test",
    name: "Support",
    aliases: "Sales@Example.test\ninfo@example.test",
  },
  ...{ smtpHost: "smtp.example.test", smtpUsername: "support@example.test", smtpPassword: "pw" },
  ...{ imapHost: "imap.example.test", isDefault: true },
};
let id: string;
let agent: { id: string; role: "AGENT" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  id = (await createAccount(OWNER, input)).id;
  agent = { id: (await createUser()).id, role: "AGENT" };
});

const aliases = async () =>
  (await db().prisma.accountAlias.findMany({ orderBy: { email: "asc" } })).map(
    ({ email }) => email,
  );

const headOf = async (number: number) => {
  const ticket = await db().prisma.ticket.findUniqueOrThrow({
    where: { number },
    select: {
      ...{ id: true, subject: true, account: { select: { id: true } } },
      requester: {
        select: {
          ...{ id: true, email: true, name: true, bouncedAt: true, bounceReason: true },
          mergedFrom: { select: { email: true, bouncedAt: true, bounceReason: true } },
        },
      },
    },
  });
  return getReplyHead(agent, ticket, { mode: "reply", id: null });
};

describe("other addresses of an account", () => {
  it("are unique over all accounts, whoever has them in which way", async () => {
    expect(await aliases()).toEqual(["info@example.test", "sales@example.test"]);
    const other = { ...input, email: "b@example.test", aliases: "", isDefault: false };
    for (const [fields, field] of [
      [{ email: "SALES@example.test" }, "email"],
      [{ aliases: "info@example.test" }, "aliases"],
      [{ aliases: "support@example.test" }, "aliases"],
    ] as const) {
      const made = createAccount(OWNER, { ...other, ...fields });
      await expect(made).rejects.toMatchObject({ code: "conflict", field });
    }
    const second = await createAccount(OWNER, other);
    const changed = updateAccount(OWNER, second.id, { ...other, aliases: "sales@example.test" });
    await expect(changed).rejects.toMatchObject({ code: "conflict", field: "aliases" });
    expect(await db().prisma.emailAccount.count()).toBe(2);
  });

  it("change with the account, can take each other's place, and go with it", async () => {
    await updateAccount(OWNER, id, {
      ...input,
      ...{ email: "sales@example.test", aliases: "support@example.test" },
    });
    expect(await aliases()).toEqual(["support@example.test"]);
    await db().prisma.emailAccount.delete({ where: { id } });
    expect(await aliases()).toEqual([]);
  });

  it.each([
    ["no address", "nobody", /“nobody” must be a whole address/],
    ["its own address", "Support@example.test", /own address already/],
    [
      "more than 50",
      Array.from({ length: 51 }, (_, n) => `a${n}@example.test`).join("\n"),
      /At most 50/,
    ],
  ])("are refused when they are %s", async (_what, typed, message) => {
    await expect(updateAccount(OWNER, id, { ...input, aliases: typed })).rejects.toMatchObject({
      ...{ code: "invalid", field: "aliases", message },
    });
  });

  it("are nobody's: mail between them opens a ticket for the person who wrote, and is answered to them alone", async () => {
    const { ticket } = await receiveOnTicket(
      rawMail({ from: ANN, to: "sales@example.test", cc: "info@example.test, bob@customer.test" }),
    );
    const contacts = await db().prisma.contact.findMany({ orderBy: { email: "asc" } });
    expect(contacts.map(({ email }) => email)).toEqual(["ann@customer.test", "bob@customer.test"]);
    const head = await headOf(ticket.number);
    expect(`${head.to} ${head.cc}`).not.toMatch(/example\.test/);
    expect(JSON.stringify(head.suggestions)).not.toMatch(/example\.test/);
    const aside = replyToTicket(agent, {
      ...{ number: ticket.number, text: "Hello", cc: ["sales@example.test"] },
    });
    await expect(aside).rejects.toMatchObject({ code: "invalid", field: "cc" });
  });

  it("send: the one a mail was written to is chosen, any other can be, and no foreign one", async () => {
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN, to: "sales@example.test" }));
    const head = await headOf(ticket.number);
    expect(head.accounts.map(({ email }) => email)).toEqual([
      ...["support@example.test", "info@example.test", "sales@example.test"],
    ]);
    expect(head.accountId).toBe(`${id} sales@example.test`);
    const reply = (alias: string | null) =>
      replyToTicket(agent, {
        ...{ number: ticket.number, text: "Hello", sender: { accountId: id, alias } },
      });
    const { messageRowId } = await reply("info@example.test");
    const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    expect(sent).toMatchObject({ fromName: "Support", fromAddress: "info@example.test" });
    expect(sent.messageId).toMatch(/@example\.test$/);
    await expect(reply("boss@example.test")).rejects.toMatchObject({
      ...{ code: "conflict", field: "accountId" },
    });
    // The next answer is expected from where the last one came.
    expect((await headOf(ticket.number)).accountId).toBe(`${id} sales@example.test`);
  });

  it("count as ours when our own mail comes back from one of them", async () => {
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN, to: "sales@example.test" }));
    const { messageRowId } = await replyToTicket(agent, {
      ...{
        number: ticket.number,
        text: "Hello",
        sender: { accountId: id, alias: "sales@example.test" },
      },
    });
    const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    const back = await receive(
      rawMail({ from: "sales@example.test", to: ANN, messageId: sent.messageId ?? "" }),
    );
    expect(back.status).toBe("IGNORED");
  });
});

describe("an account like another", () => {
  it("has everything but addresses, user names made of them, passwords, sign-ins and being the default", async () => {
    await updateAccount(OWNER, id, {
      ...input,
      ...{ signature: "The desk", folder: "Shop", afterImport: "read", pollingEnabled: true },
      ...{ imapUsername: "shared-box", imapPassword: "pw2" },
    });
    const { values } = await likeValues(id);
    const whole = (await getEditableAccount(id)).values;
    const missing = Object.keys(whole).filter((name) => !(name in values));
    expect(missing.sort()).toEqual([
      ...["aliases", "email", "isDefault", "oauthMailbox", "smtpUsername", "startDate"],
    ]);
    expect(values).toMatchObject({
      imapUsername: "shared-box",
      signature: "The desk",
      folder: "Shop",
    });
    expect(JSON.stringify(values)).not.toMatch(/pw/);
  });

  it("gets its hours and targets", async () => {
    await db().prisma.accountTime.create({
      data: { accountId: id, timeZone: "Europe/Berlin", firstResponseMinutes: 60 },
    });
    const other = { ...input, email: "b@example.test", aliases: "", isDefault: false };
    const like = await createAccount(OWNER, other, { like: id });
    const time = await db().prisma.accountTime.findUniqueOrThrow({ where: { accountId: like.id } });
    expect(time).toMatchObject({ timeZone: "Europe/Berlin", firstResponseMinutes: 60 });
  });
});
