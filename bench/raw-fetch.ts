import net from "node:net";

/** More than the longest line that ends an answer: LOGIN's tells all capabilities. */
const TAIL_BYTES = 4096;

/**
 * Reads all mails of INBOX by one FETCH over a socket of its own and drops the bytes: what Dovecot
 * can give, without a client. @returns the bytes that came.
 * @throws Error when the server refuses something, or closes the connection.
 */
export async function fetchRaw(port: number, user: string, password: string): Promise<number> {
  const socket = net.connect({ host: "127.0.0.1", port });
  try {
    await answer(socket, "\\*");
    await ask(socket, "a1", `LOGIN "${user}" "${password}"`);
    await ask(socket, "a2", "EXAMINE INBOX");
    return await ask(socket, "a3", "FETCH 1:* (UID BODY.PEEK[])");
  } finally {
    socket.destroy();
  }
}

function ask(socket: net.Socket, tag: string, command: string): Promise<number> {
  const answered = answer(socket, tag);
  socket.write(`${tag} ${command}\r\n`);
  return answered;
}

/** Waits for the line that ends the answer. @returns the bytes up to it. */
function answer(socket: net.Socket, tag: string): Promise<number> {
  const end = new RegExp(`(?:^|\n)${tag} (OK|NO|BAD)[^\n]*\r\n$`);
  let tail = "";
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      bytes += chunk.length;
      tail = (tail + chunk.subarray(-TAIL_BYTES).toString("latin1")).slice(-TAIL_BYTES);
      const found = end.exec(tail);
      if (!found) return;
      socket.off("data", hear);
      if (found[1] === "OK") resolve(bytes);
      else reject(new Error(`The server refused: ${tail}`));
    };
    socket.on("data", hear);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The server closed the connection")));
  });
}
