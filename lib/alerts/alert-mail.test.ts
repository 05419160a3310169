import { describe, expect, it } from "vitest";
import { type AccountNews, alertMail } from "./alert-mail";

const to = { name: "Ada", address: "ada@desk.example" };
const news = (fields: Partial<AccountNews> = {}): AccountNews => ({
  ...{ id: "1", email: "support@desk.example", lateSince: new Date("2026-11-27T14:02:00Z") },
  ...{ cause: null, fix: null, ending: null },
  ...fields,
});
const mailOf = (...accounts: AccountNews[]) =>
  alertMail(to, { news: accounts[0]?.ending ? "over" : "stopped", accounts });

describe("the mail about an account", () => {
  it("says since when, why, what to do and where", () => {
    const { subject, text } = mailOf(news({ cause: "Nothing answers.", fix: "Start it." }));
    expect(subject).toBe("support@desk.example brings no mail");
    expect(text).toBe(
      `Hello Ada,

support@desk.example has brought no mail since 27 Nov 2026, 14:02 UTC.
Nothing answers.
Start it.

New mail waits in the inbox, and becomes tickets once the account works again. You will be told when it does.

http://localhost:3000/admin/email-accounts
`,
    );
  });

  it("has a reason where no poll failed", () => {
    expect(mailOf(news()).text).toContain("none has failed: the worker may be busy.");
  });

  it.each([
    ["recovered", "support@desk.example brings mail again", "works again"],
    ["paused", "support@desk.example: no longer waited for", "somebody paused it"],
    ["removed", "support@desk.example: no longer waited for", "has been deleted"],
  ] as const)("says that it is over: %s", (ending, subject, words) => {
    const mail = mailOf(news({ ending }));
    expect(mail.subject).toBe(subject);
    expect(mail.text).toContain(words);
  });

  it("names twenty accounts at most", () => {
    const many = Array.from({ length: 23 }, (_, n) => news({ email: `a${n}@desk.example` }));
    const { subject, text } = mailOf(...many);
    expect(subject).toBe("23 email accounts bring no mail");
    expect(text.match(/has brought no mail since/g)).toHaveLength(20);
    expect(text).toContain("And 3 more.");
  });

  it("keeps an address in the subject from making another header", () => {
    expect(mailOf(news({ email: "a\r\nBcc: b@c.d" })).subject).not.toMatch(/[\r\n]/);
  });
});
