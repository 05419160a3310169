import { describe, expect, it } from "vitest";
import { accountFormSchema, accountSchema } from "./schema";

const good = { email: "support@yourcompany.example", smtpHost: "mail.yourcompany.example" };

function problems(input: Record<string, unknown>): Record<string, string> {
  const result = accountSchema.safeParse({ ...good, ...input });
  if (result.success) return {};
  return Object.fromEntries(result.error.issues.map((i) => [String(i.path[0]), i.message]));
}

describe("the account's fields", () => {
  it("fill themselves with what the guide leaves blank", () => {
    expect(accountSchema.parse(good)).toMatchObject({
      provider: "SMTP",
      smtpPort: null,
      smtpSecurity: "auto",
      imapHost: "",
      imapPort: null,
      folder: "INBOX",
      startMode: "now",
      isActive: true,
      pollingEnabled: false,
      isDefault: false,
    });
  });

  it.each(["0", "99999", "65536", "-1", "5.5", "587a", "٥٨٧", 0, 70_000])(
    "refuse port %s",
    (port) => {
      const message = "must be a port from 1 to 65535";
      expect(problems({ smtpPort: port }).smtpPort).toContain(message);
      expect(problems({ imapPort: port }).imapPort).toContain(message);
    },
  );

  it.each([
    ["1", 1],
    [" 587 ", 587],
    ["65535", 65_535],
    [993, 993],
    ["", null],
    [null, null],
  ])("take port %j", (typed, port) => {
    expect(accountSchema.parse({ ...good, smtpPort: typed }).smtpPort).toBe(port);
  });

  it.each(["", "support", "support@", "@x.example", "a@b@c.example", "a b@c.example", "a@c"])(
    "refuse the address %j",
    (email) => {
      expect(problems({ email }).email).toContain("must be a whole address");
    },
  );

  it("refuse an address for each ticket where the account's own leaves no room for it", () => {
    const plusAddressing = true;
    const email = (length: number) => `${"s".repeat(length)}@yourcompany.example`;
    expect(problems({ email: email(35), plusAddressing })).toEqual({});
    expect(problems({ email: email(36), plusAddressing }).plusAddressing).toBe(
      "The email address is too long for this: at most 35 characters before the @.",
    );
    expect(problems({ email: email(36) })).toEqual({});
  });

  it.each([
    ["https://mail.x.example", "leave out what stands before it"],
    ["support@x.example", "not an address"],
    ["mail.x.example:587", "the port has its own field"],
    ["mail x.example", "must be a server's name"],
    ["1.2.3.256", "must be a server's name"],
    ["a..b", "must be a server's name"],
    ["mail.x.example/", "must be a server's name"],
    ["<script>", "must be a server's name"],
  ])("refuse the host %s", (host, message) => {
    expect(problems({ smtpHost: host }).smtpHost).toContain(message);
  });

  it.each([
    ["SMTP.Gmail.com.", "smtp.gmail.com"],
    ["localhost", "localhost"],
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "::1"],
    ["post.müller.example", "post.xn--mller-kva.example"],
    ["mail_1.x.example", "mail_1.x.example"],
  ])("take the host %s", (typed, stored) => {
    expect(accountSchema.parse({ ...good, smtpHost: typed }).smtpHost).toBe(stored);
  });

  it("take only the provider and encryptions that are offered", () => {
    expect(problems({ provider: "CARRIER_PIGEON" }).provider).toBe(
      "Provider must be SMTP, Google or Microsoft.",
    );
    expect(problems({ imapSecurity: "ssl3" }).imapSecurity).toContain("listed encryptions");
  });

  it("keep the spaces of a password and refuse a line break in it", () => {
    expect(accountSchema.parse({ ...good, smtpPassword: " a b " }).smtpPassword).toBe(" a b ");
    expect(problems({ smtpPassword: "a\nb" }).smtpPassword).toContain("can't be typed");
  });

  it("want a date in the past when reading starts from a date", () => {
    expect(problems({ startMode: "date" }).startDate).toBe("Choose the date to start from.");
    expect(problems({ startMode: "date", startDate: "31.1.2026" }).startDate).toContain(
      "2026-01-31",
    );
    expect(problems({ startMode: "date", startDate: "9998-01-01" }).startDate).toContain("future");
    expect(
      accountSchema.parse({ ...good, startMode: "date", startDate: "2020-02-01" }).startDate,
    ).toEqual(new Date("2020-02-01T00:00:00Z"));
  });

  it("come out of one parsing fit for another", () => {
    const once = accountSchema.parse({ ...good, smtpPort: "465", startMode: "all" });
    expect(accountSchema.parse(once)).toEqual(once);
  });
});

describe("the form", () => {
  it("means an absent checkbox as unticked", () => {
    expect(accountFormSchema.parse({ ...good, isActive: "on" })).toMatchObject({
      isActive: true,
      pollingEnabled: false,
      isDefault: false,
    });
    expect(accountFormSchema.parse(good).isActive).toBe(false);
  });

  it("takes no encryption only from somebody who ticks that he knows", () => {
    const result = accountFormSchema.safeParse({ ...good, imapSecurity: "none" });
    expect(result.error?.issues[0]?.path).toEqual(["imapSecurity"]);
    const known = { ...good, imapSecurity: "none", allowPlain: "on" };
    expect(accountFormSchema.parse(known).imapSecurity).toBe("none");
  });

  it("names every wrong field at once", () => {
    const result = accountFormSchema.safeParse({ email: "x", smtpPort: "0", imapPort: "99999" });
    expect(result.error?.issues.map((issue) => issue.path[0]).sort()).toEqual([
      "email",
      "imapPort",
      "smtpPort",
    ]);
  });
});
