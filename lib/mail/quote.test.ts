import { describe, expect, test } from "vitest";
import { splitQuotes } from "./quote";

const newText = (text: string) => splitQuotes(text).newText;

describe("splitQuotes", () => {
  const attributions = [
    "On Sun, 22 Nov 2026 at 10:05, Jo Doe <jo@customer.example> wrote:",
    "On Sun, Nov 22, 2026 at 10:05 AM Jo Doe\n<jo@customer.example> wrote:",
    "On 22 Nov 2026, at 10:05,\nJo Doe <jo@customer.example>\nwrote:",
    "Am 22.11.2026 um 10:05 schrieb Jo Doe <jo@customer.example>:",
    "Jo Doe <jo@customer.example> schrieb am So., 22.\nNov. 2026 um 10:05 Uhr:",
    "Le dim. 22 nov. 2026 à 10:05, Jo Doe <jo@customer.example> a écrit :",
    "El dom, 22 nov 2026 a las 10:05, Jo Doe (<jo@customer.example>) escribió:",
    "Il giorno dom 22 nov 2026 alle ore 10:05 Jo Doe <jo@customer.example> ha scritto:",
    "Op zo 22 nov. 2026 om 10:05 schreef Jo Doe <jo@customer.example>:",
    "Den sön 22 nov. 2026 kl 10:05 skrev Jo Doe <jo@customer.example>:",
    "Em dom., 22 de nov. de 2026 às 10:05, Jo Doe <jo@customer.example> escreveu:",
    "W dniu 22.11.2026 o 10:05, Jo Doe pisze: Jo Doe napisał(a):",
    "вс, 22 нояб. 2026 г. в 10:05, Jo Doe <jo@customer.example>:\n".trim(),
    "2026-11-22 10:05 GMT+01:00 Jo Doe <jo@customer.example>:",
    "22 Kas 2026 Paz, saat 10:05 tarihinde Jo Doe <jo@customer.example> şunu yazdı:",
  ];
  test.each(attributions)("%j introduces a quote", (attribution) => {
    const text = `It still burns.\n\n${attribution}\n\n> Did you try water?\n> Ann`;
    expect(newText(text)).toBe("It still burns.");
  });

  const copies = [
    "-----Original Message-----\nFrom: Ann\nSent: Sunday\nTo: Jo\nSubject: Fire\n\nDid you try water?",
    "-----Ursprüngliche Nachricht-----\nVon: Ann\n\nDid you try water?",
    "________________________________\nFrom: Ann <ann@example.com>\nSent: Sunday, November 22, 2026 10:05 AM\nTo: Jo\nSubject: Fire\n\nDid you try water?",
    "Von: Ann <ann@example.com>\nGesendet: Sonntag\nAn: Jo\nBetreff: Fire\n\nDid you try water?",
    "*From:* Ann <ann@example.com>\n*Sent:* Sunday\n*To:* Jo\n*Subject:* Fire\n\nDid you try water?",
    "De : Ann <ann@example.com>\nEnvoyé : dimanche\nÀ : Jo\nObjet : Fire\n\nDid you try water?",
    "On 22 Nov 2026, at 10:05, Ann <ann@example.com> wrote:\n\nDid you try water?",
  ];
  test.each(copies)("%j is a copy of the older mail", (copy) => {
    const { newText, quotedText } = splitQuotes(`It still burns.\n\n${copy}`);
    expect(newText).toBe("It still burns.");
    expect(quotedText).toContain("Did you try water?");
  });

  test("an answer below or between the quotes is new", () => {
    const text =
      "On 22 Nov 2026, Ann <ann@example.com> wrote:\n> Did you try water?\n\nYes.\n\n> And sand?\n\nNo.\n";
    expect(newText(text)).toBe("Yes.\n\n\nNo.");
  });

  test("signatures and what phones add are folded", () => {
    expect(newText("It burns.\n\n-- \nJo Doe\nAcme")).toBe("It burns.");
    expect(newText("It burns.\n\nSent from my iPhone")).toBe("It burns.");
    expect(newText("It burns.\n\nVon meinem iPhone gesendet")).toBe("It burns.");
    expect(newText("It burns.\n\nGet Outlook for iOS")).toBe("It burns.");
  });

  test("a line of the answer that only begins like an attribution stays", () => {
    const text =
      "I only have time\nto test this in 2 weeks.\n\nOp zo 22 nov. 2026 om 10:05 schreef Jo <jo@customer.example>:\n\n> x";
    expect(newText(text)).toBe("I only have time\nto test this in 2 weeks.");
  });

  test.each([
    "On Monday I wrote: it burns.",
    "From: the printer\nit comes.",
    "The error is:\n-----\nfire\n-----",
    "1 > 0",
    "Prices from 12.11.2026 at shop@example.com are fine.",
  ])("%j is no quote", (text) => {
    expect(newText(text)).toBe(text);
  });

  test("a mail that is all quote is all new, so that nothing looks empty", () => {
    expect(splitQuotes("> only\n> quoted")).toEqual({
      newText: "> only\n> quoted",
      quotedText: "",
    });
    expect(splitQuotes("")).toEqual({ newText: "", quotedText: "" });
  });

  test("every line ends up in one of the two parts", () => {
    const text = `It burns.\n\n${attributions[0]}\n\n> one\n> two\n\n-- \nJo`;
    const { newText, quotedText } = splitQuotes(text);
    const ink = (s: string) => s.replace(/\s+/g, "");
    expect(ink(newText + quotedText)).toHaveLength(ink(text).length);
  });

  test.each(["On a \n", "> x\n", "From: a\n", "-- \n", "Jo <\n", "\n", "x ", "2026-11-22 a@\n"])(
    "256 KB of %j are split without stalling",
    (piece) => {
      const text = piece.repeat(Math.floor(262_144 / piece.length));
      const { newText, quotedText } = splitQuotes(text);
      expect(newText.length + quotedText.length).toBeLessThanOrEqual(text.length + 1);
    },
  );
});
