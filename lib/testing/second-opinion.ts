import { Worker } from "node:worker_threads";

/** A file of a mail as the other reader found it. `name` is null where the mail gives none. */
export type OtherFile = { name: string | null; mediaType: string; content: Uint8Array };

/** Its files, or why there are none to compare. */
export type SecondOpinion = OtherFile[] | "too slow" | "refused";

const THREAD = `
  const { parentPort } = require("node:worker_threads");
  const { simpleParser } = require("mailparser");
  const skip = {
    skipHtmlToText: true, skipImageLinks: true, skipTextToHtml: true, skipTextLinks: true,
    keepCidLinks: true, keepDeliveryStatus: true,
  };
  parentPort.on("message", (raw) =>
    simpleParser(Buffer.from(raw), skip).then(
      ({ attachments }) => parentPort.postMessage(attachments.map(
        ({ filename, contentType, content }) =>
          ({ name: filename || null, mediaType: contentType || "", content: new Uint8Array(content) }),
      )),
      () => parentPort.postMessage("refused"),
    ));
`;

/**
 * The parsing package as a second reader of the same mails, in a thread: hostile mails keep it busy
 * for minutes, and then only ending its thread helps.
 */
export class SecondReader {
  private thread: Worker | null = null;

  /** The files it finds in a mail, or "too slow" where that takes longer than `timeoutMs`. */
  async read(raw: Uint8Array, timeoutMs: number): Promise<SecondOpinion> {
    this.thread ??= new Worker(THREAD, { eval: true });
    const { thread } = this;
    let timer: NodeJS.Timeout | undefined;
    const opinion = await new Promise<SecondOpinion>((resolve, reject) => {
      timer = setTimeout(() => resolve("too slow"), timeoutMs);
      thread.once("message", resolve).once("error", reject);
      thread.postMessage(raw);
    });
    clearTimeout(timer);
    thread.removeAllListeners("message").removeAllListeners("error");
    if (opinion === "too slow") await this.close();
    return opinion;
  }

  async close(): Promise<void> {
    await this.thread?.terminate();
    this.thread = null;
  }
}
