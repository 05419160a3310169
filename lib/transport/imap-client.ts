import {
  type FetchMessageObject,
  type FetchOptions,
  type FetchQueryObject,
  ImapFlow,
  type MessageRange,
} from "imapflow";
import { readFetchAnswer, type ServerAnswer } from "./fetch-answer";

type AnswerHandler = { handleResponse(answer: ServerAnswer): Promise<boolean> };

/** Not in the library's types: what it calls for each answer; a test sees that it still does. */
const byLibrary = (ImapFlow.prototype as unknown as AnswerHandler).handleResponse;

/**
 * ImapFlow that reads the plain answers to FETCH itself. The library makes five strings of each to
 * know its items, and one more for its log, which was a third of a worker's garbage (ADR 49). With a
 * log everything is left to the library, so that everything is in it.
 */
export class ImapClient extends ImapFlow {
  /** How many answers were read here, and not by the library, since the connection was made. */
  plainAnswers = 0;
  private rows: FetchMessageObject[] | null = null;
  private readonly isLogged: boolean;

  constructor(options: ConstructorParameters<typeof ImapFlow>[0]) {
    super(options);
    this.isLogged = options?.logger !== false;
  }

  override async fetchAll(
    range: MessageRange,
    query: FetchQueryObject,
    options?: FetchOptions,
  ): Promise<FetchMessageObject[]> {
    if (this.isLogged || this.rows) return super.fetchAll(range, query, options);
    const rows: FetchMessageObject[] = [];
    this.rows = rows;
    try {
      const others = await super.fetchAll(range, query, options);
      return others.length === 0 ? rows : [...rows, ...others];
    } finally {
      this.rows = null;
    }
  }

  /** @internal What ImapFlow calls for each answer. @returns whether to go on reading. */
  handleResponse(answer: ServerAnswer): Promise<boolean> {
    const row = this.rows && readFetchAnswer(answer);
    if (!row) return byLibrary.call(this, answer);
    this.plainAnswers++;
    this.rows?.push(row);
    this.note(row);
    return GO_ON;
  }

  /** What the library notes of each row that it reads. */
  private note({ uid, modseq }: FetchMessageObject): void {
    const { mailbox } = this;
    if (!mailbox) return;
    if (!(mailbox.uidNext > uid)) mailbox.uidNext = uid + 1;
    if (modseq && (mailbox.highestModseq ?? 0n) < modseq) mailbox.highestModseq = modseq;
  }
}

const GO_ON = Promise.resolve(true);
