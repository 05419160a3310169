import { expect, it } from "vitest";
import { withinLocks } from "./batch";
import type { BatchMail } from "./batch-facts";

const mailOf = (name: number, references: number) =>
  ({
    mail: {
      messageId: `${name}@a.test`,
      inReplyTo: [],
      references: Array.from({ length: references }, (_, n) => `${name}.${n}@a.test`),
    },
  }) as unknown as BatchMail;

it("keeps mails in their order, in batches that lock a thousand Message-IDs at most", () => {
  const mails = Array.from({ length: 200 }, (_, name) => mailOf(name, name % 10 === 0 ? 50 : 9));
  const batches = withinLocks(mails);
  expect(batches.flat()).toEqual(mails);
  const locks = batches.map((batch) =>
    batch.reduce((sum, { mail }) => sum + 1 + mail.references.length, 0),
  );
  expect(Math.max(...locks)).toBeLessThanOrEqual(1_000);
  // No more of them than it takes.
  expect(batches).toHaveLength(3);
});

it("is one batch for mails of few ids, and none for none", () => {
  const mails = Array.from({ length: 200 }, (_, name) => mailOf(name, 3));
  expect(withinLocks(mails)).toEqual([mails]);
  expect(withinLocks([])).toEqual([]);
});
