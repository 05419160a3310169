import { type LineServer, startLineServer } from "./line-server";

/**
 * Just enough IMAP to open a folder and answer its FETCHes, in ways no real server can be made to:
 * `examined` comes before EXAMINE's OK, `fetched` before every FETCH's.
 */
export async function startOddImapServer(examined: string, fetched: string): Promise<LineServer> {
  return startLineServer("* OK ready\r\n", (line) => {
    const [tag, command = "", next = ""] = line.split(" ");
    const done = `${tag} OK done\r\n`;
    switch (command === "UID" ? next : command) {
      case "CAPABILITY":
        return `* CAPABILITY IMAP4rev1\r\n${done}`;
      case "LIST":
        return `* LIST () "/" INBOX\r\n${done}`;
      case "EXAMINE":
        return `${examined}${tag} OK [READ-ONLY] done\r\n`;
      case "FETCH":
        return `${fetched}${done}`;
      case "LOGOUT":
        return `* BYE bye\r\n${done}`;
      default:
        return done;
    }
  });
}
