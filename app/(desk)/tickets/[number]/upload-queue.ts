import { paths } from "@/app/paths";
import type { DraftKind } from "@/lib/tickets/drafts";
import type { Upload } from "@/lib/uploads";
import { fieldsOf, messageIn } from "./draft-answer";

/** Files of one message that travel at once. */
const AT_ONCE = 2;

/** A file on its way to the server, or there. */
export type QueuedFile = {
  key: string;
  name: string;
  size: number;
  state:
    | { status: "waiting" }
    | { status: "sending"; share: number }
    | { status: "there"; id: string }
    | { status: "failed"; why: string; mayTryAgain: boolean };
};

type Options = {
  number: number;
  kind: DraftKind;
  onChange: (files: QueuedFile[]) => void;
};

/** The files of one draft: each is a request of its own, with progress, and can be taken away again. */
export class UploadQueue {
  private files: QueuedFile[] = [];
  private readonly contents = new Map<string, File>();
  private readonly running = new Map<string, XMLHttpRequest>();

  constructor(
    private readonly options: Options,
    there: Upload[],
  ) {
    this.files = there.map(fileOf);
  }

  add(files: readonly File[], limit: number): void {
    for (const file of files) {
      const key = crypto.randomUUID();
      const left = limit - this.bytes();
      const name = file.name || "attachment";
      const isTooLarge = file.size > left;
      const state: QueuedFile["state"] = isTooLarge
        ? { status: "failed", why: tooLarge(limit, left), mayTryAgain: false }
        : { status: "waiting" };
      if (!isTooLarge) this.contents.set(key, file);
      this.set([...this.files, { key, name, size: file.size, state }]);
    }
    this.next();
  }

  /** Files that are on the server already. */
  bring(uploads: Upload[]): void {
    this.set([...this.files, ...uploads.map(fileOf)]);
  }

  tryAgain(key: string): void {
    this.change(key, { status: "waiting" });
    this.next();
  }

  remove(key: string): void {
    const file = this.files.find((each) => each.key === key);
    this.running.get(key)?.abort();
    this.running.delete(key);
    this.contents.delete(key);
    this.set(this.files.filter((each) => each.key !== key));
    if (file?.state.status === "there") void forget(file.state.id);
    this.next();
  }

  /** They were sent. */
  clear(): void {
    for (const request of this.running.values()) request.abort();
    this.running.clear();
    this.contents.clear();
    this.set([]);
  }

  /** They are thrown away. */
  discard(): void {
    for (const { key } of this.files) this.remove(key);
  }

  private bytes(): number {
    return this.files.reduce(
      (sum, { size, state }) => (state.status === "failed" ? sum : sum + size),
      0,
    );
  }

  private next(): void {
    if (this.running.size >= AT_ONCE) return;
    const waiting = this.files.find(({ state }) => state.status === "waiting");
    const content = waiting && this.contents.get(waiting.key);
    if (!waiting || !content) return;
    this.send(waiting.key, waiting.name, content);
    this.next();
  }

  private send(key: string, name: string, content: File): void {
    const { number, kind } = this.options;
    const request = new XMLHttpRequest();
    this.running.set(key, request);
    this.change(key, { status: "sending", share: 0 });
    request.open("POST", paths.uploads({ number, kind, name }));
    request.responseType = "json";
    if (content.type) request.setRequestHeader("Content-Type", content.type);
    request.upload.onprogress = ({ loaded, total }) => {
      if (this.running.has(key) && total > 0)
        this.change(key, { status: "sending", share: loaded / total });
    };
    request.onload = () => this.end(key, endOf(request));
    request.onerror = () =>
      this.end(key, { status: "failed", why: "The server can’t be reached.", mayTryAgain: true });
    request.send(content);
  }

  private end(key: string, state: QueuedFile["state"]): void {
    this.running.delete(key);
    if (state.status === "there") this.contents.delete(key);
    this.change(key, state);
    this.next();
  }

  private change(key: string, state: QueuedFile["state"]): void {
    this.set(this.files.map((file) => (file.key === key ? { ...file, state } : file)));
  }

  private set(files: QueuedFile[]): void {
    this.files = files;
    this.options.onChange(files);
  }
}

export function fileOf({ id, filename, size }: Upload): QueuedFile {
  return { key: id, name: filename, size, state: { status: "there", id } };
}

function endOf(request: XMLHttpRequest): QueuedFile["state"] {
  const { id } = fieldsOf(fieldsOf(request.response).upload);
  if (request.status === 200 && typeof id === "string") return { status: "there", id };
  const why =
    request.status === 401
      ? "You are signed out. Sign in in another tab, then try again."
      : (messageIn(request.response) ?? "The server has a problem.");
  return { status: "failed", why, mayTryAgain: request.status === 401 || request.status >= 500 };
}

function tooLarge(limit: number, left: number): string {
  const all = `Too large: the files of this message may be ${megabytes(limit)} together.`;
  return left < limit ? `${all} ${megabytes(Math.max(0, left))} are left.` : all;
}

/** Rounded down, so that what is promised is kept. */
export function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 104_857.6) / 10} MB`;
}

function forget(id: string): Promise<unknown> {
  return fetch(paths.upload(id), { method: "DELETE" }).catch(() => undefined);
}
