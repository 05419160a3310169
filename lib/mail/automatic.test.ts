import { describe, expect, test } from "vitest";
import { type AutomaticSource, detectAutomatic } from "./automatic";
import type { MailHeader } from "./mail";

const human: AutomaticSource = {
  headers: [{ name: "Received", value: "from a by b" }],
  from: { name: "Jo", address: "jo@customer.example" },
  returnPath: "jo@customer.example",
  subject: "Printer on fire",
  text: "it burns",
  bounce: null,
  reportsSuccess: false,
  returnsMail: false,
  isComplaint: false,
};
const withHeader = (name: string, value: string): AutomaticSource => ({
  ...human,
  headers: [...human.headers, { name, value }],
});
const kindOf = (source: AutomaticSource, ours: string[] = []) =>
  detectAutomatic(source, ours)?.kind ?? null;

describe("detectAutomatic", () => {
  const headers: [string, string, string | null][] = [
    ["Auto-Submitted", "auto-replied", "auto-reply"],
    ["Auto-Submitted", "auto-replied (vacation)", "auto-reply"],
    ["Auto-Submitted", "auto-generated", "bulk"],
    ["Auto-Submitted", "no", null],
    ["X-Autoreply", "yes", "auto-reply"],
    ["X-Autoreply", "no", null],
    ["X-Autorespond", "Re: Printer", "auto-reply"],
    ["Precedence", "auto_reply", "auto-reply"],
    ["Precedence", "bulk", "bulk"],
    ["Precedence", "junk", "bulk"],
    ["Precedence", "list", "list"],
    ["Precedence", "first-class", null],
    ["List-Id", "<printers.lists.example>", "list"],
    ["List-Unsubscribe", "<https://shop.example/u>", "bulk"],
    ["X-Auto-Response-Suppress", "All", "bulk"],
    ["X-Auto-Response-Suppress", "DR, OOF", null],
    ["Content-Type", "multipart/report; report-type=feedback-report", "feedback-report"],
    ["Content-Type", 'multipart/report; report-type="disposition-notification"', "receipt"],
    ["Content-Type", "multipart/report; report-type=delivery-status", "bounce"],
    ["Content-Type", "text/plain", null],
  ];
  test.each(headers)("%s: %s makes it %s", (name, value, kind) => {
    expect(kindOf(withHeader(name, value))).toBe(kind);
  });

  const subjects: [string, string | null][] = [
    ["Abwesenheitsnotiz: Printer on fire", "out-of-office"],
    ["Out of Office: Printer on fire", "out-of-office"],
    ["Out of the office until Monday", "out-of-office"],
    ["Re: Out of office", "out-of-office"],
    ["Fuera de la oficina: impresora", "out-of-office"],
    ["Automatic reply: Printer on fire", "auto-reply"],
    ["Réponse automatique : imprimante", "auto-reply"],
    ["自動返信：プリンター", "auto-reply"],
    ["자동 응답: 프린터", "auto-reply"],
    ["Automatikus válasz: nyomtató", "auto-reply"],
    ["Automatická odpověď: tiskárna", "auto-reply"],
    ["Otomatik yanıt: yazıcı", "auto-reply"],
    ["Nie ma mnie w biurze", "out-of-office"],
    ["부재중: 프린터", "out-of-office"],
    ["Ofis dışında: yazıcı", "out-of-office"],
    ["Nie ma mnie w biurze komputera", null],
    ["Out of office chairs", null],
    ["Absence of toner", null],
    ["Question about your automatic reply", null],
    ["Printer on fire", null],
  ];
  test.each(subjects)("the subject %s makes it %s", (subject, kind) => {
    expect(kindOf({ ...human, subject })).toBe(kind);
  });

  test("an empty return path means that nobody wants an answer", () => {
    expect(kindOf({ ...human, returnPath: "" })).toBe("auto-reply");
    expect(kindOf({ ...human, returnPath: null })).toBeNull();
  });

  test("mail from one of our own addresses is ours", () => {
    expect(kindOf(human, ["JO@customer.example"])).toBe("own");
    expect(kindOf(human, ["support@example.com"])).toBeNull();
  });

  test("more than a hundred servers on the way are a loop", () => {
    const hop: MailHeader = { name: "Received", value: "from a by b" };
    expect(kindOf({ ...human, headers: Array<MailHeader>(101).fill(hop) })).toBe("loop");
    expect(kindOf({ ...human, headers: Array<MailHeader>(100).fill(hop) })).toBeNull();
  });

  test("a mail system is no customer", () => {
    const from = { name: "", address: "MAILER-DAEMON@mx.example" };
    expect(kindOf({ ...human, from })).toBe("bounce");
    const report = withHeader("Content-Type", "multipart/report");
    expect(kindOf({ ...report, from, reportsSuccess: true })).toBe("receipt");
  });

  test("the reason can be read by a person", () => {
    expect(detectAutomatic(withHeader("Auto-Submitted", "auto-replied"))?.why).toBe(
      "Its Auto-Submitted header says auto-replied",
    );
  });
});
