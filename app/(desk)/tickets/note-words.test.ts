import { describe, expect, it } from "vitest";
import type { Language } from "@/app/words/dictionary";
import { parseTicketAddress } from "@/lib/tickets/query";
import { parseSearch } from "@/lib/tickets/search-query";
import { addressNoteText, goneText, searchNoteText } from "./note-words";

const ofAddress = (address: string, language: Language) =>
  parseTicketAddress(address).notes.map((note) => addressNoteText(note, language));
const ofSearch = (q: string, language: Language) =>
  parseSearch(q).notes.map((note) => searchNoteText(note, language));

describe("what was not understood", () => {
  it.each([
    ["status=LOST", "Status “LOST” is not known and was left out.", "Status: „LOST“ ist nicht"],
    ["created=5..1", "The time of creation “5..1” is not known and was left out.", "Erstellt: „5"],
    ["sort=up", "The order “up” is not known and was left out.", "Reihenfolge: „up“ ist nicht"],
    [
      `q=${"x".repeat(300)}`,
      "The search is too long: only its first 200 characters count.",
      "Suche: zu lang. Nur die ersten 200 Zeichen zählen.",
    ],
  ])("is said of an address: %s", (address, english, german) => {
    expect(ofAddress(address, "en")).toEqual([english]);
    expect(ofAddress(address, "de")).toEqual([expect.stringContaining(german)]);
  });

  it.each([
    [
      "is:lost",
      "“is:lost” is not known and was looked for as words. Known are open, pending, solved, closed, unread, snoozed, spam, automatic, unassigned, mine.",
      "„is:lost“ ist nicht bekannt und wurde als Text gesucht. Bekannt sind open, pending",
    ],
    [
      "has:wings",
      "“has:wings” is not known and was looked for as words. Known is has:attachment.",
      "Bekannt ist",
    ],
    [
      "before:soon",
      "“before:soon” is not known and was looked for as words. A day is written 2026-11-27, or 7d for seven days ago.",
      "7d für vor sieben Tagen",
    ],
    [
      "color:red",
      "“color:” is not an operator; “color:red” was looked for as words.",
      "kein Operator",
    ],
    ["blade from:", "“from:” says nothing and was left out.", "„from:“ sagt nichts"],
    ["w ".repeat(13), "Only the first 12 words are looked for: the search is long.", "12 Wörtern"],
    ["is:open ".repeat(13), "“is:open” was left out: at most 12 are used.", "Höchstens 12"],
  ])("is said of a search: %s", (q, english, german) => {
    expect(ofSearch(q, "en")).toEqual([english]);
    expect(ofSearch(q, "de")).toEqual([expect.stringContaining(german)]);
  });

  it("is said of what is gone", () => {
    expect(goneText({ what: "tag", tag: "x" }, "en")).toBe("There is no tag “x” any more.");
    expect(goneText({ what: "tag", tag: "x" }, "de")).toBe("Das Label „x“ gibt es nicht mehr.");
    expect(goneText({ what: "account" }, "en")).toBe("The email account it asks for was deleted.");
  });
});
