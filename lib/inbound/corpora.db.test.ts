import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { parseMail } from "../mail/parse";
import { filesBelow } from "../testing/corpora/files";
import { corporaFolder } from "../testing/corpora/score";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { receive } from "../testing/pipeline";

useTestDatabase();

const folder = corporaFolder();
if (folder === null)
  console.info("Skipped: no corpora in ../shared/corpora; CORPORA_DIR names another folder");

beforeEach(() => emptyDatabase(db().pool));

describe.skipIf(folder === null)("mails of other help desks' tests", () => {
  it.each(["helpdesk-chatwoot", "helpdesk-django"])(
    "of %s are each on a ticket, with every file",
    async (set) => {
      const root = path.join(folder ?? "", set);
      for (const file of filesBelow(root, ".eml")) {
        await emptyDatabase(db().pool);
        const raw = readFileSync(path.join(root, file));
        const { status, ticket, message } = await receive(raw);
        expect([file, status, ticket === null]).toEqual([file, "PROCESSED", false]);
        const stored = await db().prisma.attachment.findMany({
          where: { messageRowId: message?.id ?? "" },
          select: { filename: true, size: true },
          orderBy: { position: "asc" },
        });
        const { attachments } = await parseMail(raw);
        const expected = attachments.map(({ filename, size }) => ({ filename, size }));
        expect([file, ...stored]).toEqual([file, ...expected]);
      }
    },
  );
});
