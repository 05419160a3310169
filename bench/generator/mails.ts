import { type BodyInput, htmlText, plainText, type Quoted } from "./bodies";
import { Dice } from "./dice";
import { type ExpectedFile, Files } from "./files";
import { headerLines } from "./headers";
import { ALL_LANGUAGES, type Language } from "./languages";
import { type MimePart, multipart, textPart } from "./parts";
import { newBoundary, newMessageId, newPerson, type Person } from "./people";
import { Vocabulary } from "./vocabulary";

/** A generated mail, and what a desk must make of it. */
export type GeneratedMail = {
  raw: Buffer;
  messageId: string;
  /** When it was sent, which is after the one before it. */
  date: Date;
  /** It answers an earlier mail of the set, by somebody who was in that conversation. */
  isReply: boolean;
  files: ExpectedFile[];
};

export type GeneratorOptions = {
  seed: number;
  /** The desk's address. */
  to: string;
  /** No attachments and short texts: for what depends on the number of mails alone. */
  isSmall?: boolean;
  /** Bytes of a single attachment for some mails, by their number; for large ones. */
  sizeAt?: (number: number) => number | null;
};

const REPLIES = 0.4;
/** Replies come to conversations that are this recent. */
const OPEN_CONVERSATIONS = 300;
const QUOTED_CHARS_MAX = 3_000;
const REFERENCES_MAX = 10;
const FIRST_DATE = Date.UTC(2026, 0, 5, 7, 0, 0);

type Conversation = {
  people: Person[];
  subject: string;
  ids: string[];
  last: Quoted;
};

/** Mails of customers to a desk, without end, the same for the same seed. */
export function* generateMails(options: GeneratorOptions): Generator<GeneratedMail> {
  const desk = new Desk(options);
  for (let number = 0; ; number++) yield desk.nextMail(number);
}

class Desk {
  private readonly dice: Dice;
  private readonly files: Files;
  private readonly vocabularies = new Map<Language, Vocabulary>();
  private readonly people: Person[] = [];
  private readonly conversations: Conversation[] = [];
  private now = FIRST_DATE;

  constructor(private readonly options: GeneratorOptions) {
    this.dice = new Dice(options.seed);
    this.files = new Files(this.dice);
    for (const language of ALL_LANGUAGES)
      this.vocabularies.set(language, new Vocabulary(language, this.dice));
  }

  nextMail(number: number): GeneratedMail {
    this.now += 1_000 * (1 + this.dice.below(120));
    const date = new Date(this.now);
    const isReply = this.conversations.length > 0 && this.dice.chance(REPLIES);
    const known = isReply ? this.dice.pick(this.conversations) : null;
    const author = known ? this.dice.pick(known.people) : this.somebody();
    const cc = known ? known.people.filter((person) => person !== author) : this.colleagues(author);
    const subject = known ? this.answering(known.subject, author) : this.subject(author);
    const messageId = newMessageId(this.dice, author);
    const charset = this.dice.weighted(author.language.charsets);
    const pictureId =
      this.hasFile() && this.dice.chance(0.15) ? `image001.png@${this.dice.token(12)}` : null;
    const body: BodyInput = {
      ...{ author, to: this.options.to, pictureId, quoted: known?.last ?? null },
      paragraphs: this.paragraphs(author),
    };
    const { part, files } = this.content(body, charset, number);
    const references = known?.ids.slice(-REFERENCES_MAX) ?? [];
    const head = headerLines(this.dice, {
      ...{ from: author, to: this.options.to, cc, subject, date, messageId, references, charset },
    });
    const text = plainText(body).slice(0, QUOTED_CHARS_MAX);
    this.remember(known, {
      people: [author, ...cc],
      subject,
      messageId,
      last: { from: author, date, subject, text },
    });
    const raw = Buffer.concat([
      Buffer.from([...head, ...part.header, "", ""].join("\r\n"), "latin1"),
      part.body,
    ]);
    return { raw, messageId, date, isReply, files };
  }

  private remember(
    known: Conversation | null,
    { people, subject, messageId, last }: Omit<Conversation, "ids"> & { messageId: string },
  ): void {
    if (known) {
      known.ids.push(messageId);
      known.last = last;
      return;
    }
    this.conversations.push({ people, subject, ids: [messageId], last });
    if (this.conversations.length > OPEN_CONVERSATIONS) this.conversations.shift();
  }

  /** Most conversations are begun by somebody new. */
  private somebody(): Person {
    if (this.people.length > 0 && this.dice.chance(0.3)) return this.dice.pick(this.people);
    const person = newPerson(this.dice, this.people.length);
    this.people.push(person);
    return person;
  }

  private colleagues(author: Person): Person[] {
    if (!this.dice.chance(0.25)) return [];
    const colleague = { ...newPerson(this.dice, this.people.length), language: author.language };
    this.people.push(colleague);
    return [colleague];
  }

  private vocabulary({ language }: Person): Vocabulary {
    const found = this.vocabularies.get(language);
    if (!found) throw new Error(`There are no words of ${language.code}`);
    return found;
  }

  private subject(author: Person): string {
    return this.vocabulary(author).phrase(this.dice, 3 + this.dice.below(6));
  }

  private answering(subject: string, { language }: Person): string {
    return /^(Re|RE|AW|Odp): /.test(subject) ? subject : `${language.replyPrefix}: ${subject}`;
  }

  private paragraphs(author: Person): string[] {
    const most = this.options.isSmall ? 30 : 1_500;
    const words = Math.min(most, Math.round(this.dice.logNormal(90, 0.9)));
    const count = 1 + Math.floor(words / 60);
    const each = Math.max(3, Math.round(words / count));
    return Array.from({ length: count }, () => this.vocabulary(author).paragraph(this.dice, each));
  }

  private hasFile(): boolean {
    return !this.options.isSmall && this.dice.chance(0.5);
  }

  /** Text, HTML or both; then the pictures the HTML shows, then files. */
  private content(body: BodyInput, charset: string, number: number) {
    const { author } = body;
    const files: ExpectedFile[] = [];
    const plain = () => textPart(this.dice, { text: plainText(body), subtype: "plain", charset });
    const html = () => textPart(this.dice, { text: htmlText(body), subtype: "html", charset });
    const shape = body.pictureId
      ? "both"
      : this.dice.weighted([
          ["plain", 25],
          ["html", 15],
          ["both", 60],
        ] as const);
    let part: MimePart =
      shape === "plain"
        ? plain()
        : shape === "html"
          ? html()
          : this.wrap("alternative", author, [plain(), html()]);
    if (body.pictureId) {
      const made = this.files.picture(this.dice, body.pictureId);
      files.push(made.file);
      part = this.wrap("related", author, [part, made.part]);
    }
    const attached = this.attachments(author, charset, this.options.sizeAt?.(number) ?? null);
    if (attached.length > 0) {
      files.push(...attached.map(({ file }) => file));
      part = this.wrap("mixed", author, [part, ...attached.map((one) => one.part)]);
    }
    return { part, files };
  }

  private wrap(subtype: string, author: Person, parts: MimePart[]): MimePart {
    return multipart(subtype, newBoundary(this.dice, author.client), parts);
  }

  private attachments(author: Person, charset: string, size: number | null) {
    const count =
      size !== null
        ? 1
        : this.options.isSmall
          ? 0
          : this.dice.weighted([
              [0, 55],
              [1, 27],
              [2, 12],
              [3, 6],
            ] as const);
    return Array.from({ length: count }, () => {
      const name = this.vocabulary(author).phrase(this.dice, 2).replace(/\s/g, "-").slice(0, 40);
      return this.files.attach(this.dice, name, charset, size ?? undefined);
    });
  }
}
