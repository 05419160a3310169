import { describe, expect, it } from "vitest";
import { ProtocolLog } from "./protocol-log";

const PASSWORD = 's3cret "pass" wörd';
const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");

function said(lines: [from: "us" | "server" | "note", text: string][]): string {
  const log = new ProtocolLog([PASSWORD], "support@example.test");
  for (const [from, text] of lines) log.add(from, text);
  return log
    .all()
    .map(({ from, text }) => `${from}: ${text}`)
    .join("\n");
}

describe("the protocol log", () => {
  it("keeps what was said, in order, line by line", () => {
    const lines = said([
      ["server", "220 mail ESMTP"],
      ["us", "EHLO [127.0.0.1]"],
      ["server", "250-mail\r\n250 SIZE 1000\r\n"],
    ]);
    expect(lines).toBe(
      "server: 220 mail ESMTP\nus: EHLO [127.0.0.1]\nserver: 250-mail\nserver: 250 SIZE 1000",
    );
  });

  it.each<[string, [from: "us" | "server", text: string][], string]>([
    ["AUTH PLAIN", [["us", `AUTH PLAIN ${base64(`\0u\0${PASSWORD}`)}`]], "us: AUTH PLAIN …"],
    [
      "AUTH LOGIN in steps",
      [
        ["us", "AUTH LOGIN"],
        ["server", "334 VXNlcm5hbWU6"],
        ["us", base64("somebody")],
        ["server", "334 UGFzc3dvcmQ6"],
        ["us", base64(PASSWORD)],
        ["server", "535 5.7.8 no"],
        ["us", "QUIT"],
      ],
      "us: AUTH LOGIN\nserver: 334 …\nus: …\nserver: 334 …\nus: …\nserver: 535 5.7.8 no\nus: QUIT",
    ],
    ["LOGIN", [["us", `A1 LOGIN support "x y z"`]], "us: A1 LOGIN …"],
    [
      "AUTHENTICATE and what follows it",
      [
        ["us", "A2 AUTHENTICATE PLAIN"],
        ["server", "+ "],
        ["us", "AHgAeQ=="],
        ["server", "A2 OK done"],
        ["us", "A3 EXAMINE INBOX"],
      ],
      "us: A2 AUTHENTICATE PLAIN\nserver: +\nus: …\nserver: A2 OK done\nus: A3 EXAMINE INBOX",
    ],
    ["AUTH XOAUTH2", [["us", "AUTH XOAUTH2 dXNlcj1hQGI="]], "us: AUTH XOAUTH2 …"],
  ])("leaves out what signs in: %s", (_what, lines, expected) => {
    expect(said(lines)).toBe(expected);
  });

  it.each([
    PASSWORD,
    JSON.stringify(PASSWORD).slice(1, -1),
    encodeURIComponent(PASSWORD),
    base64(PASSWORD),
    base64(`\0support@example.test\0${PASSWORD}`),
  ])("leaves the password out wherever a server repeats it: %s", (form) => {
    const log = said([["server", `500 what is ${form} supposed to mean`]]);
    expect(log).toBe("server: 500 what is … supposed to mean");
  });

  it("leaves out tokens and whatever looks like one", () => {
    const token = "ya29.a0AfH6SMB".padEnd(80, "x");
    expect(said([["server", `NO bad Bearer abc.def and ${token}`]])).toBe(
      "server: NO bad Bearer … and ya29.…",
    );
  });

  it("does not tear words apart for a short password", () => {
    const log = new ProtocolLog(["pw"]);
    log.add("server", "250 pwned by pw");
    expect(log.all()[0]?.text).toBe("250 pwned by …");
  });

  it("ends at 200 lines of 400 characters, and shows no control characters", () => {
    const log = new ProtocolLog([]);
    log.add("server", `\u001b[2J${"word ".repeat(200)}`);
    for (let n = 0; n < 300; n++) log.add("server", `line ${n}`);
    const lines = log.all();
    expect(lines).toHaveLength(201);
    expect(lines[0]?.text).toMatch(/^\?\[2Jword.*…$/);
    expect(lines[0]?.text.length).toBe(400);
    expect(lines.at(-1)).toMatchObject({ from: "note", text: "101 more lines were left out" });
  });
});
