import { describe, expect, test } from "vitest";
import { isDeadAddress } from "./bounce-status";
import { parseMail } from "./parse";

type Head = Record<string, string>;

const SYSTEM: Head = {
  "Return-Path": "<>",
  From: "Mail Delivery System <MAILER-DAEMON@mx.example>",
  To: "support@desk.example",
  Subject: "Mail delivery failed",
};

async function read(text: string, head: Head = {}) {
  const fields = Object.entries({ ...SYSTEM, ...head }).map(([name, value]) => `${name}: ${value}`);
  return parseMail(Buffer.from(`${fields.join("\r\n")}\r\n\r\n${text.replaceAll("\n", "\r\n")}`));
}

/** Address, status and reason of each recipient, in one line. */
const bounced = async (text: string, head: Head = {}) =>
  ((await read(text, head)).bounce?.recipients ?? []).map(
    ({ address, status, reason, delayed }) =>
      `${address} ${status} ${reason}${delayed ? " delayed" : ""}`,
  );

const ORIGINAL =
  "Message-ID: <our-1@desk.example>\nTo: other@customer.example\nSubject: Re: Lamp\n\nHi";

describe("a bounce in the words of a mail system", () => {
  const texts: [string, string, string[], Head?][] = [
    [
      "Exim, with two recipients and two reasons",
      `A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  jo@customer.example\n    SMTP error from remote mail server after RCPT TO:<jo@customer.example>:\n    host mx.customer.example [192.0.2.7]: 550 5.1.1 User unknown\n  al@customer.example\n    mailbox is full: retry timeout exceeded\n\n------ This is a copy of the message, including all the headers. ------\n\n${ORIGINAL}`,
      ["jo@customer.example 5.1.1 no-address", "al@customer.example 5.2.2 full"],
    ],
    [
      "Exim, which still tries",
      "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.\n\nThe address to which the message has not yet been delivered is:\n\n  jo@customer.example\n    Delay reason: SMTP error from remote mail server after MAIL FROM:\n    450 please come back later\n",
      ["jo@customer.example 4.0.0 other delayed"],
      { Subject: "Warning: message 1 delayed 24 hours" },
    ],
    [
      "qmail",
      `Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<jo@customer.example>:\nSorry, I couldn't find any host named customer.example. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\n${ORIGINAL}`,
      ["jo@customer.example 5.1.2 no-domain"],
      { Subject: "failure notice" },
    ],
    [
      "sendmail, whose report was lost",
      "   ----- The following addresses had permanent fatal errors -----\n<jo@customer.example>\n    (reason: 551 5.1.6 The user has moved)\n\n   ----- Transcript of session follows -----\n... while talking to mx.customer.example.:\n>>> RCPT To:<jo@customer.example>\n<<< 551 5.1.6 The user has moved\n",
      ["jo@customer.example 5.1.6 moved"],
      { Subject: "Returned mail: see transcript for details" },
    ],
    [
      "sendmail of long ago, which names the recipient in the session only",
      `   ----- Transcript of session follows -----\n>>> RCPT To:<jo@customer.example>\n<<< 550 <jo@customer.example>, User Unknown\n\n   ----- Unsent message follows -----\n${ORIGINAL}`,
      ["jo@customer.example 5.1.1 no-address"],
      { Subject: "Returned mail: User unknown" },
    ],
    [
      "Exchange 2003",
      "Your message\n\n  To:      other@customer.example\n  Subject: Lamp\n\ndid not reach the following recipient(s):\n\njo@customer.example on Thu, 29 Apr 2027 16:51:51 -0500\n    The recipient name is not recognized\n",
      ["jo@customer.example 5.1.1 no-address"],
      { From: "System Administrator <postmaster@customer.example>" },
    ],
    [
      "Exchange Online",
      "Delivery has failed to these recipients or groups:\n\njo@customer.example<mailto:jo@customer.example>\nThe email address you entered couldn't be found.\n\nDiagnostic information for administrators:\n\njo@customer.example\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'\n",
      ["jo@customer.example 5.1.10 no-address"],
      { From: "postmaster@customer.example", Subject: "Undeliverable: Lamp" },
    ],
    [
      "Gmail",
      `Delivery to the following recipient failed permanently:\n\n     jo@customer.example\n\nTechnical details of permanent failure:\nThe error that the other server returned was: 554 554 5.7.1 Rejected by policy.\n\n----- Original message -----\n\n${ORIGINAL}`,
      ["jo@customer.example 5.7.1 refused"],
    ],
    [
      "Yahoo",
      `Sorry, we were unable to deliver your message to the following address.\n\n<jo@customer.example>:\nNo mx record found for domain=customer.example\n\n--- Below this line is a copy of the message.\n\n${ORIGINAL}`,
      ["jo@customer.example 5.1.2 no-domain"],
    ],
    [
      "Zoho",
      "This message was created automatically by mail delivery software.\nA message that you sent could not be delivered to one or more of its recipients.\n\njo@customer.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.2.1 Mailbox disabled\n",
      ["jo@customer.example 5.2.1 disabled"],
    ],
    [
      "OpenSMTPD",
      `    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\njo@customer.example: Envelope expired\n\n    Below is a copy of the original message:\n\n${ORIGINAL}`,
      ["jo@customer.example 4.4.7 unreachable"],
    ],
    [
      "DragonFly",
      `There was an error delivering your mail to <jo@customer.example>.\n\nmx.customer.example [192.0.2.7] did not like our RCPT TO:\n552 5.2.3 Message length exceeds administrative limit.\n\nMessage headers follow.\n\n${ORIGINAL}`,
      ["jo@customer.example 5.2.3 too-large"],
      { From: "MAILER-DAEMON <>" },
    ],
    [
      "a mobile network, in a sentence",
      "Your mail sent on: Thu, 29 Apr 2027 00:00:00 +0900\n Could not be delivered to: <jo@customer.example>\n As their mailbox is full.\n",
      ["jo@customer.example 5.2.2 full"],
      { From: "no-reply@customer.example", Subject: "Mail" },
    ],
    [
      "a gateway that names nobody but in what came back",
      `Message could not be delivered to mobile.\nError: No valid recipients for this MM\n\nOriginal Message:\n\nFrom: support@desk.example\nTo: jo@customer.example\nSubject: Lamp\n`,
      ["jo@customer.example 5.1.1 no-address"],
      { From: "sysadmin@customer.example", Subject: "Undeliverable Message" },
    ],
    [
      "a Japanese filter",
      "このメールは送信できませんでした。\n以下のメールアドレスへの送信に失敗しました。\n\njo@customer.example\n\n-------server message\n550 unknown user <jo@customer.example>\n\n-------original message\n\nTo: other@customer.example\n",
      ["jo@customer.example 5.1.1 no-address"],
      { "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit" },
    ],
    [
      "a group, named in the header only",
      "Hello support@desk.example,\n\nthe group you tried to contact may not exist.\n",
      ["group@customer.example 5.0.0 other"],
      { "X-Failed-Recipients": "group@customer.example" },
    ],
    [
      "a report whose fields lie in the text",
      "The mail system\n\nFinal-Recipient: rfc822; jo@customer.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; No route to host\n",
      ["jo@customer.example 4.4.1 unreachable delayed"],
    ],
    [
      "Amazon's notification",
      `{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"jo@customer.example","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"mail":{"commonHeaders":{"messageId":"<our-1@desk.example>"}}}\n\n--\nTo unsubscribe visit the link.`,
      ["jo@customer.example 5.1.1 no-address"],
      {
        "Return-Path": "<1@ses.example>",
        From: "no-reply@sns.example",
        "x-amz-sns-message-id": "1",
      },
    ],
  ];
  test.each(texts)("%s", async (_name, text, recipients, head) => {
    expect(await bounced(text, head)).toEqual(recipients);
    expect((await read(text, head)).automatic?.kind).toBe("bounce");
    if (text.includes("our-1@desk.example"))
      expect((await read(text, head)).aboutMessageId).toBe("our-1@desk.example");
  });
});

describe("a postmaster's mail without a null return path and without a server's words", () => {
  const POSTMASTER: Head = {
    "Return-Path": "<postmaster@customer.example>",
    From: "Mail Administrator <postmaster@customer.example>",
    "Content-Type": "multipart/mixed; boundary=x",
  };
  const text = (words: string) =>
    `--x\n\n${words}\n\n     jo@customer.example\n\n--x\nContent-Type: message/rfc822\n\n${ORIGINAL}\n--x--\n`;

  test("is a bounce when it is called one and brings the mail back, as Post.Office does", async () => {
    const words =
      "This Message was undeliverable due to the following reason:\n\nThe delivery program failed.\n\nThe message was not delivered to:";
    const head = { ...POSTMASTER, Subject: "Mail System Error - Returned Mail" };
    expect(await bounced(text(words), head)).toEqual(["jo@customer.example 5.0.0 other"]);
    expect((await read(text(words), head)).aboutMessageId).toBe("our-1@desk.example");
  });

  test("is a bounce of nobody in particular when its parts cannot be told apart", async () => {
    const mail = await read(text("The message was not delivered to:"), {
      ...POSTMASTER,
      Subject: "Mail System Error - Returned Mail",
      "Content-Type": "multipart/mixed; boundary=y",
    });
    expect(mail.automatic?.kind).toBe("bounce");
    expect(mail.bounce).toBeNull();
  });

  test.each(["Undelivered mail", "Re: failure notice", "Your mail system's failure notice"])(
    "is a person's when a person called it %s",
    async (subject) => {
      const words = "Our mail could not be delivered to your address, please look into it:";
      const mail = await read(text(words), { ...POSTMASTER, Subject: subject });
      expect(mail.bounce).toBeNull();
      expect(mail.automatic).toBeNull();
    },
  );
});

describe("a mail that only speaks of a bounce is none", () => {
  const PERSON = { "Return-Path": "<jo@customer.example>", From: "Jo <jo@customer.example>" };
  const QUOTED =
    "Look what I got:\n\nDelivery to the following recipient failed permanently:\n\n     al@customer.example\n\n550 5.1.1 User unknown\n";
  const mails: [string, string, Head][] = [
    ["a customer who pastes one", QUOTED, PERSON],
    ["a customer who forwards one", QUOTED, { ...PERSON, Subject: "Fwd: failure notice" }],
    [
      "a postmaster who answers",
      "I found your mail in the log: it could not be delivered to al@customer.example.",
      {
        "Return-Path": "<postmaster@customer.example>",
        From: "postmaster@customer.example",
        Subject: "Re: Undeliverable mail",
      },
    ],
    [
      "a postmaster who quotes one below their words",
      "Please look into this.\n\n> Your message could not be delivered:\n> al@customer.example\n> 550 5.1.1 User unknown\n",
      {
        "Return-Path": "<postmaster@customer.example>",
        From: "postmaster@customer.example",
        Subject: "A question",
      },
    ],
    [
      "a postmaster who asks about a mail of theirs",
      "Our mail could not be delivered to your address, please look into it:\n\nal@customer.example\n",
      {
        "Return-Path": "<postmaster@customer.example>",
        From: "postmaster@customer.example",
        Subject: "Undelivered mail",
      },
    ],
    [
      "a customer whose parcel was not delivered",
      "The parcel could not be delivered.\njo@customer.example\n",
      { ...PERSON, Subject: "Undeliverable" },
    ],
    [
      "a vacation with a null return path that names a colleague",
      "I am away; mail is not delivered to me.\n\nal@customer.example\n",
      { From: "Jo <jo@customer.example>", Subject: "Automatic reply: Lamp" },
    ],
  ];
  test.each(mails)("%s", async (_name, text, head) => {
    expect((await read(text, head)).bounce).toBeNull();
  });

  test("and a person stays a person", async () => {
    expect((await read(QUOTED, PERSON)).automatic).toBeNull();
  });
});

describe("the status of a recipient", () => {
  const report = (fields: string) =>
    read(
      `--x\n\nIt failed.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n${fields}\n--x--\n`,
      { "Content-Type": "multipart/report; report-type=delivery-status; boundary=x" },
    );
  const rows: [string, string, string][] = [
    [
      "Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 User unknown",
      "5.1.1",
      "the server's answer says more than 5.0.0",
    ],
    [
      "Status: 4.4.7\nDiagnostic-Code: smtp; 450 4.7.1 Access denied",
      "4.7.1",
      "the server's answer is why it expired",
    ],
    [
      "Status: 5.1.1\nDiagnostic-Code: smtp; 550 no",
      "5.1.1",
      "a reply without a status adds nothing",
    ],
    [
      "Diagnostic-Code: smtp; 552 mailbox is full",
      "5.2.2",
      "words stand for a status where there is none",
    ],
    [
      "Status: 5.4.4\nDiagnostic-Code: X-Postfix; host 5.1.1.7 not found",
      "5.4.4",
      "an IP address is no status",
    ],
  ];
  test.each(rows)("%s gives %s: %s", async (fields, status) => {
    const { bounce } = await report(
      `Final-Recipient: rfc822; jo@customer.example\nAction: failed\n${fields}`,
    );
    expect(bounce?.recipients[0]?.status).toBe(status);
  });

  test("says whether the address is dead, or this mail alone was refused", async () => {
    const dead = async (status: string) => {
      const { bounce } = await report(
        `Final-Recipient: rfc822; jo@customer.example\nAction: failed\nStatus: ${status}`,
      );
      return bounce?.recipients.map(isDeadAddress);
    };
    expect(await dead("5.1.1")).toEqual([true]);
    expect(await dead("5.2.1")).toEqual([true]);
    expect(await dead("5.2.2")).toEqual([false]);
    expect(await dead("5.7.1")).toEqual([false]);
    expect(await dead("4.1.1")).toEqual([false]);
  });
});

test.each([
  ["addresses", "jo@customer.example "],
  ["lines of addresses", "<jo@customer.example>:\n"],
  ["words of failure", "delivery to "],
  ["at signs", "@".repeat(64)],
  ["digits and dots", "5.1.1."],
])("a megabyte of %s is read in linear time", async (_name, piece) => {
  const cpu = async (length: number) => {
    const text = `Your mail could not be delivered\n${piece.repeat(Math.ceil(length / piece.length))}`;
    const before = process.cpuUsage();
    await read(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  await cpu(10_000);
  expect(await cpu(1_000_000)).toBeLessThan(2_000);
});
