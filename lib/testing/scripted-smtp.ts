import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { portOf } from "./free-ports";

/** An SMTP reply to give, or "drop": cut the connection without a word. */
type ScriptedAnswer = { code: number; text: string } | "drop";

/** What to answer at each step; a step that is left out goes well. */
export type SmtpScript = {
  mailFrom?: ScriptedAnswer;
  /** By recipient address. */
  rcptTo?: Record<string, ScriptedAnswer>;
  /** After the whole mail with its final dot has arrived. */
  afterDot?: ScriptedAnswer;
  /** While the mail is being sent. */
  duringData?: "drop";
};

/** One of a mail bed's certificates: a good one, one that ended in 2021, one for another name. */
export type BedCertificate = { bedDir: string; certificate: "server" | "expired" | "wrong" };

export type ScriptedSmtp = {
  port: number;
  /** The mails that arrived in full, whatever was answered to them. */
  mails: { from: string; to: string[]; raw: string }[];
  /** The script for what comes next. */
  play: (script: SmtpScript) => void;
  close: () => Promise<void>;
};

/**
 * Starts an SMTP server on 127.0.0.1 that answers as told. It offers no STARTTLS and takes any
 * username and password; with `secure` it speaks implicit TLS.
 */
export async function startScriptedSmtp(
  script: SmtpScript = {},
  secure?: BedCertificate,
): Promise<ScriptedSmtp> {
  const state = { script };
  const mails: ScriptedSmtp["mails"] = [];
  const sockets = new Set<Socket>();
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  /** Null lets the step go on, an error is sent as the reply, nothing at all when dropped. */
  const answer = (scripted: ScriptedAnswer | undefined, callback: (error?: Error) => void) => {
    if (scripted === "drop") return drop();
    if (scripted === undefined) return callback();
    return callback(Object.assign(new Error(scripted.text), { responseCode: scripted.code }));
  };
  const server = new SMTPServer({
    ...(await tlsOptions(secure)),
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    allowInsecureAuth: true,
    authOptional: true,
    logger: false,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "" }),
    onMailFrom: (_address, _session, callback) => answer(state.script.mailFrom, callback),
    onRcptTo: ({ address }, _session, callback) => answer(state.script.rcptTo?.[address], callback),
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (state.script.duringData === "drop") drop();
      });
      stream.on("end", () => {
        mails.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : "",
          to: envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString("utf8"),
        });
        answer(state.script.afterDot, callback);
      });
    },
  });
  server.on("error", () => undefined);
  const { server: listener } = server;
  listener.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: portOf(listener),
    mails,
    play: (next) => {
      state.script = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}

async function tlsOptions(secure: BedCertificate | undefined) {
  if (secure === undefined) return {};
  const path = join(secure.bedDir, "tls", secure.certificate);
  const [key, cert] = await Promise.all([readFile(`${path}.key`), readFile(`${path}.pem`)]);
  return { secure: true, key, cert };
}
