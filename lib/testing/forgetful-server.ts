import { type LineAnswer, type LineServer, startLineServer } from "./line-server";

type StoredMail = { uid: number; raw: string };

export type ForgetfulServer = LineServer & {
  /** UIDs that are listed, and whose bytes are left out of every answer. */
  withheld: Set<number>;
  /** What the folder holds; take from it what shall be gone. */
  mails: StoredMail[];
  /** Makes something else of the usual answer to a line; null leaves all as it is. */
  odd: ((line: string, usual: string) => LineAnswer) | null;
};

/**
 * An IMAP server with one folder in which every mail is old, and no capability beyond IMAP4rev1. It
 * leaves the bytes of some out of its answers, as broken ones do, answers as oddly as it is told to,
 * and can hold more mails than any test could append.
 */
export async function startForgetfulServer(mails: StoredMail[]): Promise<ForgetfulServer> {
  const own: Pick<ForgetfulServer, "withheld" | "mails" | "odd"> = {
    withheld: new Set(),
    mails: [...mails],
    odd: null,
  };
  const server = await startLineServer("* OK ready\r\n", (line) => {
    const usual = answerTo(line, own.mails, own.withheld);
    return own.odd ? own.odd(line, usual) : usual;
  });
  return Object.assign(own, server);
}

function answerTo(line: string, mails: StoredMail[], withheld: Set<number>): string {
  const [tag, command = "", next = "", range = ""] = line.split(" ");
  const done = `${tag} OK done\r\n`;
  const last = mails.at(-1)?.uid ?? 0;
  switch (command === "UID" ? next : command) {
    case "CAPABILITY":
      return `* CAPABILITY IMAP4rev1\r\n${done}`;
    case "LIST":
      return `* LIST () "/" INBOX\r\n${done}`;
    case "EXAMINE":
      return `* ${mails.length} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT ${last + 1}] x\r\n${tag} OK [READ-ONLY] done\r\n`;
    case "LOGOUT":
      return `* BYE bye\r\n${done}`;
    case "SEARCH":
      return `* SEARCH ${mails.map(({ uid }) => uid).join(" ")}\r\n${done}`;
    case "FETCH": {
      const isAsked = isIn(range, last);
      const wantsBytes = line.includes("BODY.PEEK[]");
      const rows = mails.flatMap((mail, index) =>
        isAsked(mail.uid) && !(wantsBytes && withheld.has(mail.uid))
          ? [rowOf(mail, index + 1, line)]
          : [],
      );
      return `${rows.join("")}${done}`;
    }
    default:
      return done;
  }
}

/** Whether a UID is in a sequence set (RFC 3501 §9). */
function isIn(set: string, last: number): (uid: number) => boolean {
  const runs = set.split(",").map((part) => {
    const [from = 0, to = from] = part.replace("*", String(last)).split(":").map(Number);
    return [Math.min(from, to), Math.max(from, to)] as const;
  });
  return (uid) => runs.some(([from, to]) => uid >= from && uid <= to);
}

function rowOf({ uid, raw }: StoredMail, sequence: number, line: string): string {
  const facts = `UID ${uid} FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" RFC822.SIZE ${raw.length}`;
  const header = raw.slice(0, raw.indexOf("\r\n\r\n") + 4);
  const asked = /BODY\.PEEK(\[HEADER[^\]]*\])/.exec(line)?.[1];
  const part = asked
    ? ` BODY${asked} {${header.length}}\r\n${header}`
    : line.includes("BODY.PEEK[]")
      ? ` BODY[] {${raw.length}}\r\n${raw}`
      : "";
  return `* ${sequence} FETCH (${facts}${part})\r\n`;
}
