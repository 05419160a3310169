import { chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "odd@example.test";
/** The bed's mail store belongs to this user and group. */
const MAIL_OWNER = 5000;

let admin: Person;

withDesk({ name: "bad-mail", worker: true }, async (_desk, { bed }) => {
  await bed.addUser(INBOX);
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
});

const from = "Otto Odd <otto@customer.test>";
const id = (name: string) => `${name}@customer.test`;
const twice = rawMail({ from, subject: "Twice", messageId: id("twice"), text: "The same" });

/** Mails that some program really sends, and the subject under which each must be found. */
const ODD: { subject: string; raw: string | Buffer }[] = [
  {
    subject: "NUL bytes",
    raw: rawMail({
      from,
      subject: "NUL bytes",
      messageId: id("nul"),
      text: "be\0fore and af\0ter",
    }),
  },
  {
    subject: "Encoded NUL bytes",
    raw: rawMail({
      from,
      subject: "=?utf-8?Q?Encoded_NUL=00_bytes?=",
      text: "be=00fore and af=00ter",
    }).replace("8bit", "quoted-printable"),
  },
  {
    subject: "Unknown charset",
    raw: rawMail({
      from,
      subject: "Unknown charset",
      messageId: id("set"),
      text: "Gr\xfc\xdfe",
    }).replace("charset=utf-8", "charset=x-klingon"),
  },
  { subject: "No Message-ID", raw: rawMail({ from, subject: "No Message-ID", text: "Text" }) },
  { subject: "No From", raw: rawMail({ subject: "No From", messageId: id("nf"), text: "Text" }) },
  {
    subject: "No Date",
    raw: rawMail({ from, subject: "No Date", messageId: id("nd"), date: null, text: "Text" }),
  },
  {
    subject: "Text only says it is HTML",
    raw: rawMail({
      from,
      subject: "Text only says it is HTML",
      messageId: id("h"),
      text: "<b>",
    }).replace("text/plain", "text/html"),
  },
  { subject: "Twice", raw: twice },
  { subject: "Twice", raw: twice },
];

test("every odd mail ends as a ticket or visibly in the quarantine, and none delays the next", async ({
  openPage,
  servers: { bed },
}) => {
  for (const { raw } of ODD) await bed.append(INBOX, raw);
  // No IMAP server takes an empty mail; broken disks make them all the same.
  const empty = join(bed.dir, "mail", INBOX, "Maildir", "new", "1700000000.M1P1.bed");
  await writeFile(empty, "");
  await chown(empty, MAIL_OWNER, MAIL_OWNER);
  await bed.append(INBOX, "\r\n\r\n");
  await bed.append(INBOX, rawMail({ from, subject: "The one after all that", text: "Text" }));
  const received = ODD.length + 3;

  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: INBOX },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
  const ended = () => db().prisma.inboundEmail.count({ where: { status: { not: "PENDING" } } });
  await expect.poll(ended, { timeout: 60_000 }).toBe(received);

  const page = await openPage(admin);
  const titles = new Set(ODD.map(({ subject }) => subject)).add("The one after all that");
  await page.goto("/tickets");
  for (const title of titles)
    await expect(page.getByRole("link", { name: title, exact: true })).toHaveCount(1);
  await expect(page.getByText("Unknown sender").locator("visible=true")).toHaveCount(1);
  await page.getByRole("link", { name: "Encoded NUL bytes" }).click();
  await expect(page.getByText("before and after")).toBeVisible();

  await page.goto("/admin/mail");
  await expect(page.getByRole("row").filter({ has: page.getByRole("cell") })).toHaveCount(received);
  await expect(page.getByRole("cell", { name: "Seen before" })).toHaveCount(1);
  await page.getByRole("link", { name: "Quarantine", exact: true }).click();
  await expect(page).toHaveURL(/status=QUARANTINED/);
  const quarantined = page.getByRole("row").filter({ has: page.getByRole("cell") });
  await expect(quarantined).toHaveCount(2);
  await expect(quarantined.filter({ hasText: "the server holds 0 bytes for it" })).toHaveCount(1);
  const unreadable = quarantined.filter({ hasText: "Can't be read as a mail" });
  await unreadable.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("The mail is processed again.")).toBeVisible();
  await expect(unreadable).toBeVisible();
  await expect.poll(ended).toBe(received);

  const counts = await db().prisma.inboundEmail.groupBy({ by: ["status"], _count: true });
  const byStatus = Object.fromEntries(counts.map(({ status, _count }) => [status, _count]));
  expect(byStatus).toEqual({ PROCESSED: received - 3, DUPLICATE: 1, QUARANTINED: 2 });
});

const HOSTILE_HTML = [
  "<p>Hello from Mal</p>",
  "<script>parent.document.title = 'taken over'</script>",
  "<img src=x onerror=\"parent.document.title = 'taken over'\">",
  '<img src="http://tracker.test/pixel.gif" srcset="http://tracker.test/2.gif 2x">',
  '<a href="https://evil.test/login">www.bank.test</a>',
  '<form action="https://evil.test/"><input name="password"></form>',
  '<div style="position:fixed;inset:0;background:url(http://tracker.test/bg.png)">over all</div>',
].join("\r\n");

const FILES: { headers: string; content: string; name: string }[] = [
  {
    headers: 'Content-Type: text/html\r\nContent-Disposition: attachment; filename="page.html"',
    content: "<script>alert(1)</script>",
    name: "page.html",
  },
  {
    headers: 'Content-Type: image/svg+xml; name="drawing.svg"',
    content: "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    name: "drawing.svg",
  },
  {
    headers: 'Content-Type: image/png; name="picture.png"',
    content: "<html><script>alert(1)</script></html>",
    name: "picture.png",
  },
  {
    headers:
      'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="../../etc/passwd"',
    content: "root",
    name: "passwd",
  },
  {
    headers:
      "Content-Type: text/plain\r\nContent-Disposition: attachment; filename*=utf-8''a%00%0d%0aX-Evil%3A%201.txt",
    content: "x",
    name: "a X-Evil_ 1.txt",
  },
  {
    headers:
      "Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename*=utf-8''invoice%E2%80%AEgpj.exe",
    content: "x",
    name: "invoicegpj.exe",
  },
];

test("a hostile mail runs nothing, fetches nothing, and its files are only ever downloads", async ({
  openPage,
  watch,
  servers: { bed },
}) => {
  // What calls itself a picture and is none is not shown as one.
  watch.allow(/status of 404 \(Not Found\) \(\S+\/api\/attachments\/\S+\?inline=1\)/);
  const parts = [
    `Content-Type: text/html; charset=utf-8\r\n\r\n${HOSTILE_HTML}`,
    ...FILES.map(({ headers, content }) => `${headers}\r\n\r\n${content}`),
  ];
  const mail = rawMail({ from, subject: "Hostile", messageId: id("hostile"), text: "" });
  const mixed = "multipart/mixed; boundary=part";
  const body = `${parts.map((part) => `--part\r\n${part}\r\n`).join("")}--part--\r\n`;
  await bed.append(INBOX, mail.replace("text/plain; charset=utf-8", mixed) + body);
  const link = 'http://link.test/?q="onmouseover="document.title=1';
  await bed.append(INBOX, rawMail({ from, subject: "Link", messageId: id("link"), text: link }));
  const account = await db().prisma.emailAccount.findFirstOrThrow({ where: { email: INBOX } });
  await db().pool.query(`UPDATE "EmailAccount" SET "nextPollAt" = now() WHERE "id" = $1`, [
    account.id,
  ]);
  const subjects = { in: ["Hostile", "Link"] };
  const tickets = () => db().prisma.ticket.count({ where: { subject: subjects } });
  await expect.poll(tickets, { timeout: 60_000 }).toBe(2);
  const page = await openPage(admin);
  await page.goto("/tickets");
  await page.getByRole("link", { name: "Link", exact: true }).click();
  const anchor = page.getByRole("link", { name: "http://link.test/?q=", exact: true });
  await expect(anchor).toHaveAttribute("href", "http://link.test/?q=");
  expect(await anchor.getAttribute("onmouseover")).toBeNull();

  await page.goto("/tickets");
  await page.getByRole("link", { name: "Hostile", exact: true }).click();
  const frame = page.frameLocator("iframe").first();
  await expect(frame.getByText("Hello from Mal")).toBeVisible();
  await expect(frame.getByText("2 remote images blocked")).toHaveCount(0);
  await expect(frame.getByText("1 remote image blocked")).toBeVisible();
  await expect(frame.getByRole("link", { name: "www.bank.test" })).toHaveAttribute(
    "title",
    /^Opens evil\.test: /,
  );
  await expect(frame.locator("form, input, script")).toHaveCount(0);
  await expect(frame.getByText("over all")).toHaveCSS("position", "static");
  await expect(page).not.toHaveTitle(/taken over/);

  const files = await db().prisma.attachment.findMany({
    where: { message: { subject: "Hostile" } },
    orderBy: { position: "asc" },
  });
  expect(files.map(({ filename }) => filename)).toEqual(FILES.map(({ name }) => name));
  for (const file of files) {
    const response = await page.request.get(`/api/attachments/${file.id}`);
    expect(response.headers()).toMatchObject({
      "content-type": "application/octet-stream",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    });
    const disposition = response.headers()["content-disposition"] ?? "";
    expect(disposition).toMatch(/^attachment; filename\*=UTF-8''[A-Za-z0-9._%-]+$/);
    expect(decodeURIComponent(disposition.split("''")[1] ?? "")).toBe(file.filename);
    expect(response.headers()["x-evil"]).toBeUndefined();
    const inline = await page.request.get(`/api/attachments/${file.id}?inline=1`);
    expect(inline.status(), file.filename).toBe(404);
  }
});
