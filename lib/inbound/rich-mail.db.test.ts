import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { receiveOnTicket } from "../testing/pipeline";
import { getConversation } from "../tickets/conversation";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

/** The mail of a fixture, as an agent sees it after it came. */
async function seen(fixture: string) {
  const raw = readFileSync(new URL(`../mail/fixtures/${fixture}.eml`, import.meta.url));
  const { ticket } = await receiveOnTicket(raw);
  const { items } = await getConversation(await createUser(), ticket.number);
  const message = items.flatMap((item) => (item.type === "message" ? [item.message] : []))[0];
  if (!message) throw new Error("The ticket has no message");
  return message;
}

describe("what an agent sees beside the text of a mail", () => {
  it("is what its calendar is about, with the file itself", async () => {
    const { calendar, attachments, warnings } = await seen("invitation");
    expect(calendar).toMatchObject({
      method: "request",
      events: [
        {
          title: "Printer repair, second floor",
          start: { kind: "moment", at: "2026-12-03T09:00:00.000Z" },
        },
      ],
    });
    expect(attachments).toMatchObject([{ mediaType: "text/calendar", isInline: false }]);
    expect(warnings).toEqual([]);
  });

  it("is only a remark when the calendar cannot be read", async () => {
    const { calendar, attachments, warnings } = await seen("calendar-only");
    expect(calendar).toBeNull();
    expect(attachments).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("could not be read")]);
  });

  it.each([
    ["encrypted", "encrypted"],
    ["winmail-dat", "winmail"],
  ])("is how %s mail is wrapped, and that not among the remarks too", async (fixture, wrapping) => {
    const { wrappings, warnings } = await seen(fixture);
    expect(wrappings).toEqual([wrapping]);
    expect(warnings).toEqual([]);
  });

  it("is each picture once: in its place, or among the files", async () => {
    const { attachments } = await seen("inline-and-loose-images");
    expect(attachments.map(({ filename, isInline }) => [filename, isInline])).toEqual([
      ["shown.gif", true],
      ["loose.gif", false],
      ["drawing.svg", false],
    ]);
  });
});
