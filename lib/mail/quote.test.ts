import { describe, expect, test } from "vitest";
import { measureQuoteCosts } from "@/lib/testing/quote-costs";
import { splitQuotes, withoutQuotes } from "./quote";

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

  test("an attribution right behind the answer gets a line of its own", () => {
    const text = "Still burning. On Tue, Mar 3, 2026 at 8:41 AM, ann@desk.example wrote:\n> Water?";
    expect(splitQuotes(text)).toEqual({
      newText: "Still burning.",
      quotedText: "On Tue, Mar 3, 2026 at 8:41 AM, ann@desk.example wrote:\n> Water?",
    });
  });

  test.each([
    "2026-03-03 08:41 GMT+01:00 Ann Doe\n\nDid you try water?",
    '8:41 AM, March 3, 2026, "Ann - Desk" <ann@desk.example>:\n\nDid you try water?',
    "Tuesday, 3 March 2026, 8:41 AM +0100 from ann@desk.example <ann@desk.example>:\n\nWater?",
    "On Tue, 3 Mar 2026 08:41:02 +0100 Ann <ann@desk.example> wrote\n\nDid you try water?",
    "---- On Tue, 3 Mar 2026 08:41:02 +0100 Ann <ann@desk.example> wrote ----\n\nWater?",
    "====\n\nMessage du : 03/03/2026 08:41\nDe : Ann\nA : jo@customer.example\nSujet : Feu\n\nEau ?",
    "Quoting Ann <ann@desk.example>:\n\n> Did you try water?",
    "Ann Doe wrote:\n> Did you try water?",
  ])("%j is what a client puts below an answer", (copy) => {
    expect(newText(`It still burns.\n\n${copy}`)).toBe("It still burns.");
  });

  test("what a client on the way wrapped is still a part of the quote", () => {
    const quote = [
      "> Please pour the water slowly from above, and keep the door of the stove",
      "closed while you do.",
      ">",
      " (https://desk.example/water) >",
      "> Ann",
    ];
    const text = `It burns.\n\nOn 3 Mar 2026, Ann <ann@desk.example> wrote:\n\n${quote.join("\n")}`;
    expect(newText(text)).toBe("It burns.");
  });

  test("short answers right between quoted lines are new", () => {
    const quote = "> Is there water in the bucket beside the stove?\nyes\n> And sand?\nno\n> Ann";
    const text = `See below.\n\nOn 3 Mar 2026, Ann <ann@desk.example> wrote:\n${quote}`;
    expect(newText(text)).toBe("See below.\n\nyes\nno");
  });

  test("the head of a forwarded mail is folded, its text is new when nothing stands above", () => {
    const head = "From: Ann <ann@desk.example>\nDate: 3 March 2026 08:41\nSubject: Fire\nTo: Jo";
    const text = `---------- Forwarded message ---------\n${head}\n\nDid you try water?`;
    expect(newText(text)).toBe("Did you try water?");
    expect(newText("On 3 Mar 2026, Ann <ann@desk.example> wrote:\n\nTry water.")).toBe(
      "Try water.",
    );
  });

  test("a few quoted lines above an answer, introduced by nobody, stay with it", () => {
    expect(newText("> Did you try water?\n\nI did.\n\n-- \nJo")).toBe(
      "> Did you try water?\n\nI did.",
    );
    expect(newText(`${"> long\n".repeat(13)}\nI did.`)).toBe("I did.");
    expect(newText("> Water?\n\nYes.\n\n> Sand?\n\nNo.")).toBe("Yes.\n\n\nNo.");
  });

  test("the sign of a tracker is folded", () => {
    expect(newText("It burns.\n\n\u1427\n")).toBe("It burns.");
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
    "Hello.\n\nA mail that you sent could not be delivered. The following\naddresses failed:\n\njo@customer.example:\nno such user",
    "Hi,\n\nOn Monday at 10:05 I wrote to you about the following:\n\nIt burns.",
    "Dear all,\n\nI ordered on 3.3.2026 and Ann wrote:\n\nIt will ship.\n\nIt did not.",
    "Order 12\nFrom: Berlin\nTo: Paris\nDate: 3 March 2026\n\nPlease change the date.",
    "Please call by 22.11.2026 at 10:05, or mail jo@customer.example the following:\n\nname\nnumber",
    "Sorry.\n\nSent from my old address by mistake\n\nPlease use this one.",
    "Come by today:\n>>> https://sale.example <<<\nEverything must go.",
    "Here are the 3 files I sent you:\none\ntwo\nthree",
    "I wrote to jo@customer.example in 2026 as follows\nand got no answer.",
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

  test("twice the text costs about twice the time, whatever it repeats", () => {
    for (const { name, ratios } of measureQuoteCosts(3, 2)) {
      const whole = ratios.reduce((product, ratio) => product * ratio, 1);
      // Linear is 2; the bound leaves room for a busy machine, not for a loop inside a loop.
      expect(whole ** (1 / ratios.length), name).toBeLessThan(3.5);
    }
  }, 120_000);

  test.each(["On a \n", "> x\n", "From: a\n", "-- \n", "Jo <\n", "\n", "x ", "2026-11-22 a@\n"])(
    "256 KB of %j are split without stalling",
    (piece) => {
      const text = piece.repeat(Math.floor(262_144 / piece.length));
      const { newText, quotedText } = splitQuotes(text);
      expect(newText.length + quotedText.length).toBeLessThanOrEqual(text.length + 1);
    },
  );
});

test("what is left without the quote has its signature, which the new text has not", () => {
  const text = "Hello\n\n-- \nJo\n\nOn 1 May 2027, Al <al@desk.example> wrote:\n> Hi";
  expect(withoutQuotes(text)).toBe("Hello\n\n-- \nJo");
  expect(splitQuotes(text).newText).toBe("Hello");
});
