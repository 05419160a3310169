import { type ForgetfulServer, startForgetfulServer } from "./forgetful-server";

/**
 * Just enough IMAP to open a folder and answer its FETCHes, in ways no real server can be made to:
 * `examined` comes before EXAMINE's OK, `fetched` before every FETCH's.
 */
export async function startOddImapServer(
  examined: string,
  fetched: string,
): Promise<ForgetfulServer> {
  const server = await startForgetfulServer([]);
  server.odd = (line, usual) => {
    const [tag, command = "", next = ""] = line.split(" ");
    if (command === "EXAMINE") return `${examined}${tag} OK [READ-ONLY] done\r\n`;
    return (command === "UID" ? next : command) === "FETCH"
      ? `${fetched}${tag} OK done\r\n`
      : usual;
  };
  return server;
}
