import { expect, it } from "vitest";
import { db } from "../db/client";
import { useTestDatabase } from "../testing/database";
import { startLineServer } from "../testing/line-server";
import { connectAccount, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";

useTestDatabase();

/** Three mails; of the second one the server gives the header, and leaves it out when asked for all. */
function startForgetfulServer() {
  const mails = [1, 2, 3].map((uid) => ({ uid, raw: rawMail({ subject: `mail ${uid}` }) }));
  const rowOf = ({ uid, raw }: { uid: number; raw: string }, line: string) => {
    const facts = `UID ${uid} FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE ${raw.length}`;
    const header = raw.slice(0, raw.indexOf("\r\n\r\n") + 4);
    const part = line.includes("[HEADER]")
      ? ` BODY[HEADER] {${header.length}}\r\n${header}`
      : line.includes("BODY.PEEK[]")
        ? ` BODY[] {${raw.length}}\r\n${raw}`
        : "";
    return `* ${uid} FETCH (${facts}${part})\r\n`;
  };
  return startLineServer("* OK ready\r\n", (line) => {
    const [tag, command = "", next = "", range = ""] = line.split(" ");
    const done = `${tag} OK done\r\n`;
    switch (command === "UID" ? next : command) {
      case "CAPABILITY":
        return `* CAPABILITY IMAP4rev1\r\n${done}`;
      case "LIST":
        return `* LIST () "/" INBOX\r\n${done}`;
      case "EXAMINE":
        return `* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n${tag} OK [READ-ONLY] done\r\n`;
      case "LOGOUT":
        return `* BYE bye\r\n${done}`;
      case "FETCH": {
        const [first = 1, last = first] = range.replace("*", "3").split(":").map(Number);
        const rows = mails
          .filter(({ uid }) => uid >= first && uid <= last)
          .filter(({ uid }) => uid !== 2 || !line.includes("BODY.PEEK[]"))
          .map((mail) => rowOf(mail, line));
        return `${rows.join("")}${done}`;
      }
      default:
        return done;
    }
  });
}

it("a mail that the server leaves out of its answer is not passed over as if it were too large", async () => {
  const server = await startForgetfulServer();
  try {
    const { id } = await connectAccount({ imapPort: server.port, smtpPort: 1 });
    const first = await pollOnce([id]);
    expect(first.failed[0]?.error).toContain("does not deliver it");
    for (let tries = 0; tries < 6; tries++) await pollOnce([id]);
    const rows = await db().prisma.inboundEmail.findMany({ orderBy: { uid: "asc" } });
    expect(rows.map(({ uid, status, isTruncated }) => [Number(uid), status, isTruncated])).toEqual([
      [1, "PROCESSED", false],
      [2, "QUARANTINED", false],
      [3, "PROCESSED", false],
    ]);
    expect(rows[1]?.reason).toContain("could not deliver this mail in 3 tries (UID 2)");
  } finally {
    await server.close();
  }
});
