import { expect, it } from "vitest";
import { keepRawMail, roomForRawMails, takeRawMail } from "./fresh-mails";

it("has those who store wait until those who process take what is kept", async () => {
  await roomForRawMails();
  keepRawMail("large", Buffer.alloc(13 * 1024 * 1024));
  let hasRoom = false;
  const room = roomForRawMails().then(() => {
    hasRoom = true;
  });
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  expect(takeRawMail("large")).toHaveLength(13 * 1024 * 1024);
  await room;
});
