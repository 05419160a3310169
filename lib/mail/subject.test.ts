import { describe, expect, test } from "vitest";
import { baseSubject, normaliseSubject, replySubject, ticketNumberInSubject } from "./subject";

describe("normaliseSubject", () => {
  test("a subject is one line without controls, at most 998 characters", () => {
    expect(normaliseSubject(" a\u0000b\r\n\tc ")).toBe("a b c");
    expect(normaliseSubject("x".repeat(900_000))).toHaveLength(998);
    expect(normaliseSubject(`${"x".repeat(997)}😀`)).toHaveLength(997);
    expect(normaliseSubject("a\ud800b")).toBe("a\ufffdb");
  });
});

describe("baseSubject", () => {
  const cases: [string, string][] = [
    ["Re: Broken printer", "Broken printer"],
    ["RE: AW: Fwd: Broken printer", "Broken printer"],
    ["Re[2]: Broken printer", "Broken printer"],
    ["Re^3: Broken printer", "Broken printer"],
    ["WG: SV: VS: Antw: RV: Broken printer", "Broken printer"],
    ["回复：Broken printer", "Broken printer"],
    ["[EXTERNAL] Re: Broken printer [#12]", "Broken printer"],
    ["Broken printer (fwd)", "Broken printer"],
    ["[Fwd: Broken printer]", "Broken printer"],
    ["Research: a printer", "Research: a printer"],
    ["Re:", ""],
  ];
  test.each(cases)("%s is about %s", (subject, base) => {
    expect(baseSubject(subject)).toBe(base);
  });
});

describe("ticketNumberInSubject", () => {
  const cases: [string, number | null][] = [
    ["Re: Broken printer [#1234]", 1234],
    ["Re: [#12] Broken printer [#34]", 34],
    ["Broken printer #1234", null],
    ["[#0]", null],
    ["[#99999999999]", null],
    ["[#9999999999]", null],
    ["[#12a]", null],
  ];
  test.each(cases)("%s names %s", (subject, number) => {
    expect(ticketNumberInSubject(subject)).toBe(number);
  });
});

describe("replySubject", () => {
  test("an answer carries Re: and the ticket number once, however often it is answered", () => {
    const once = replySubject("Broken printer", 12);
    expect(once).toBe("Re: Broken printer [#12]");
    expect(replySubject(once, 12)).toBe(once);
    expect(replySubject("AW: RE: Broken printer [#12]", 12)).toBe(once);
  });

  test("another desk's number stays in the subject", () => {
    expect(replySubject("Broken printer [#7]", 12)).toBe("Re: Broken printer [#7] [#12]");
  });

  test("an endless subject still ends with the number", () => {
    const subject = replySubject("x".repeat(2_000), 12);
    expect(subject.length).toBeLessThanOrEqual(998);
    expect(ticketNumberInSubject(subject)).toBe(12);
  });

  test("an empty subject gets no stray space", () => {
    expect(replySubject("", 5)).toBe("Re: [#5]");
  });
});
