import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MailBed, startMailBed } from "./mail-bed";
import { findProcesses } from "./process-group";

let bed: MailBed;
beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

const MAIL = "From: a@customer.test\r\nSubject: Hello\r\n\r\nGrüße\r\n";

describe("the mail test bed", () => {
  it("takes a mail by SMTP and holds it for its user", async () => {
    await bed.deliver("customer@customer.test", "support@example.test", MAIL);
    const [mail] = await bed.waitForMail("support@example.test", 1);
    expect(mail?.raw).toContain("Subject: Hello");
    expect(mail?.raw).toContain("Grüße");
    expect(mail?.flags).not.toContain("\\Seen");
  });

  it("appends with flags and a date, and does not count its own sign-ins", async () => {
    const before = bed.logins();
    const { uid } = await bed.append("billing@example.test", MAIL, {
      flags: ["\\Seen"],
      internalDate: new Date("2020-01-02T03:04:05Z"),
    });
    const mails = await bed.mailsOf("billing@example.test");
    expect(mails).toEqual([{ uid, raw: MAIL, flags: expect.arrayContaining(["\\Seen"]) }]);
    expect(bed.logins()).toBe(before);
    const printed = await bed.doveadm(
      ...["fetch", "-u", "billing@example.test", "date.received", "mailbox", "INBOX"],
    );
    expect(printed).toContain("2020-01-02");
  });

  it("adds users and changes passwords while it runs", async () => {
    await bed.addUser("new@example.test", "one");
    expect(await bed.mailsOf("new@example.test")).toEqual([]);
    await bed.doveadm("auth", "test", "new@example.test", "one");
    await bed.setPassword("new@example.test", "two");
    await bed.doveadm("auth", "test", "new@example.test", "two");
    await expect(bed.doveadm("auth", "test", "new@example.test", "one")).rejects.toThrow();
  });

  it("changes UIDVALIDITY", async () => {
    await bed.bumpUidValidity("support@example.test", 777_777);
    const args = ["mailbox", "status", "-u", "support@example.test", "uidvalidity", "INBOX"];
    expect(await bed.doveadm(...args)).toContain("777777");
  });

  it("stops and starts IMAP on the same port, mail kept", async () => {
    await bed.append("agent@example.test", MAIL);
    await bed.stopImap();
    await expect(bed.mailsOf("agent@example.test")).rejects.toThrow();
    await bed.startImap();
    expect(await bed.mailsOf("agent@example.test")).toHaveLength(1);
  });

  it("ends what a crashed test run has left behind", async () => {
    const script =
      "import { startMailBed } from './lib/testing/mail-bed.ts';" +
      "console.log((await startMailBed()).dir); setInterval(() => {}, 1000);";
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    const [printed] = await once(child.stdout, "data");
    const dir = String(printed).trim();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(findProcesses(dir).length).toBeGreaterThan(0);
    await (await startMailBed()).stop();
    expect(findProcesses(dir)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  });

  it("leaves no process and no folder behind", async () => {
    const other = await startMailBed();
    await other.stop();
    expect(existsSync(other.dir)).toBe(false);
    expect(findProcesses(other.dir)).toEqual([]);
  });
});
