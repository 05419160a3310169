import { afterEach, describe, expect, it } from "vitest";
import { type LineAnswer, type LineServer, startLineServer } from "@/lib/testing/line-server";
import { parseAllowedHosts } from "./egress";
import { SmtpSender } from "./smtp";

// One connection for several mails, and servers that end it between two of them.

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** A server that answers the n-th line with this verb as told, and all else well. */
async function start(verb: string, nth: number, fault: LineAnswer): Promise<LineServer> {
  let [isInMail, heard] = [false, 0];
  const server = await startLineServer("220 ready\r\n", (line) => {
    if (isInMail && line !== ".") return "";
    isInMail = line === "DATA";
    if (line.startsWith(verb) && ++heard === nth) return fault;
    if (line === "DATA") return "354 go ahead\r\n";
    if (line.startsWith("EHLO")) return "250 here\r\n";
    return line === "QUIT" ? { last: "221 bye\r\n" } : "250 ok\r\n";
  });
  open.push(server);
  return server;
}

function senderTo({ port }: LineServer): SmtpSender {
  const server = { host: "127.0.0.1", port, security: "none", username: "", password: "" } as const;
  const sender = new SmtpSender(server, { allowedHosts: parseAllowedHosts("127.0.0.0/8") });
  open.push(sender);
  return sender;
}

const mail = (n: number) => ({
  ...{ from: "support@example.test", to: "ann@customer.test" },
  ...{ text: `Mail ${n}`, messageId: `<${n}@example.test>` },
});

const count = (server: LineServer, verb: string) =>
  server.lines.filter((line) => line.startsWith(verb)).length;

describe("a connection for several mails", () => {
  it("serves them all", async () => {
    const server = await start("EHLO", 99, null);
    const sender = senderTo(server);
    for (const n of [1, 2, 3]) await sender.send(mail(n));
    expect([count(server, "EHLO"), count(server, ".")]).toEqual([1, 3]);
  });

  it.each([
    ["is closed between two mails", "drop" as const],
    ["is ended with 421 at the next mail's beginning", { last: "421 4.3.2 enough\r\n" }],
  ])("that %s is opened again for that one, which is sent once", async (_what, fault) => {
    const server = await start("MAIL", 2, fault);
    const sender = senderTo(server);
    await sender.send(mail(1));
    const sent = await sender.send(mail(2));
    expect(sent.accepted).toEqual(["ann@customer.test"]);
    expect([count(server, "EHLO"), count(server, ".")]).toEqual([2, 2]);
  });

  it("that ends with 421 at a recipient is not opened again: it may be about this mail", async () => {
    const server = await start("RCPT", 2, { last: "421 4.7.0 not this one\r\n" });
    const sender = senderTo(server);
    await sender.send(mail(1));
    await expect(sender.send(mail(2))).rejects.toMatchObject({
      ...{ kind: "transient", responseCode: 421, uncertain: false },
    });
    expect([count(server, "EHLO"), count(server, "RCPT")]).toEqual([1, 2]);
  });

  it("that breaks after a mail was handed over is not opened again: it may have it", async () => {
    const server = await start(".", 2, "drop");
    const sender = senderTo(server);
    await sender.send(mail(1));
    await expect(sender.send(mail(2))).rejects.toMatchObject({ uncertain: true });
    expect([count(server, "EHLO"), count(server, ".")]).toEqual([1, 2]);
  });

  it("is not used after a mail that failed", async () => {
    const server = await start("MAIL", 2, "554 5.7.1 no\r\n");
    const sender = senderTo(server);
    await sender.send(mail(1));
    await expect(sender.send(mail(2))).rejects.toMatchObject({ kind: "permanent" });
    await sender.send(mail(3));
    expect([count(server, "EHLO"), count(server, ".")]).toEqual([2, 2]);
  });
});
