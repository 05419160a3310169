import { createHash } from "node:crypto";
import { blobChunks, type OpenFile } from "./attachments";
import { db, inTransaction, type Tx } from "./db/client";
import type { Prisma } from "./db/generated/client";
import { AppError } from "./errors";
import { FILES_BYTES_MAX, FILES_MAX, filesBytesMax, megabytes } from "./mail/mail-size";
import { cut, oneLine, pgText } from "./mail/text";
import { type Actor, requireDesk } from "./tickets/access";
import type { DraftKind } from "./tickets/drafts";
import { isUuid } from "./uuid";

const FILENAME_MAX = 200;

/** Bytes an agent may have on drafts at once. */
const UNSENT_BYTES_MAX = 500 * 1024 * 1024;

/** Files that are in memory at once: each is held as a whole, to know its hash before it is stored. */
const AT_ONCE_MAX = 4;

/** How long a file without a draft waits to be sent. */
const KEPT_DAYS = 7;

export type Upload = { id: string; filename: string; mediaType: string; size: number };

export type UploadTo = { number: number; kind: DraftKind };

export const uploadSelect = { id: true, filename: true, mediaType: true, size: true } as const;

/** The files an agent has put on a draft, in their order. @throws AppError "forbidden" for customers. */
export async function listUploads(actor: Actor, { number, kind }: UploadTo): Promise<Upload[]> {
  requireDesk(actor);
  return db().prisma.upload.findMany({
    where: { ownerId: actor.id, kind, ticket: { OR: [{ number }, { mergedInto: { number } }] } },
    select: uploadSelect,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: FILES_MAX,
  });
}

/** How many bytes of files a draft on a ticket may carry. @throws AppError "not-found". */
export async function filesLimitOf({ number, kind }: UploadTo): Promise<number> {
  return kind === "note" ? FILES_BYTES_MAX : filesBytesMax((await ticketOf(number)).sizeMax);
}

/**
 * Puts a file on an agent's draft. `chunks` is read only as far as the limit.
 * @throws AppError "forbidden" for customers; "not-found" for a missing or deleted ticket; "invalid"
 * when the file, or all of the draft together, are larger than a mail may carry, or are too many.
 */
export async function storeUpload(
  actor: Actor,
  to: UploadTo,
  file: { filename: string; mediaType: string; chunks: AsyncIterable<Uint8Array> },
): Promise<Upload> {
  requireDesk(actor);
  const { id: ticketId, sizeMax } = await ticketOf(to.number);
  const room = await roomFor(db().prisma, actor, { ticketId, kind: to.kind, sizeMax });
  const name = filenameOf(file.filename);
  return fewAtATime(async () => {
    const bytes = await read(file.chunks, room, name);
    const sha256 = createHash("sha256").update(bytes).digest();
    await db().pool.query(
      `INSERT INTO "Blob" ("sha256", "size", "bytes") VALUES ($1, $2, $3) ON CONFLICT ("sha256") DO NOTHING`,
      [sha256, bytes.length, bytes],
    );
    return inTransaction(async (tx) => {
      // Several come at once, and each sees the others.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`uploads ${actor.id}`}))`;
      const left = await roomFor(tx, actor, { ticketId, kind: to.kind, sizeMax });
      if (bytes.length > left.bytes) throw tooLarge(name, left);
      return tx.upload.create({
        data: {
          ...{ ownerId: actor.id, ticketId, kind: to.kind, filename: name },
          mediaType: mediaTypeOf(file.mediaType),
          ...{ size: bytes.length, blobSha256: new Uint8Array(sha256) },
        },
        select: uploadSelect,
      });
    });
  });
}

/** One of the agent's own files that are not sent yet. @throws AppError "not-found" for any other. */
export async function openUpload(actor: Actor, id: string): Promise<OpenFile> {
  requireDesk(actor);
  const found = isUuid(id)
    ? await db().prisma.upload.findFirst({
        where: { id, ownerId: actor.id },
        select: { filename: true, mediaType: true, size: true, blobSha256: true },
      })
    : null;
  if (!found) throw new AppError("not-found", "There is no such file.");
  const { filename, mediaType, size, blobSha256 } = found;
  return { filename, mediaType, contentLength: size, chunks: blobChunks(blobSha256, size) };
}

/** Takes one of the agent's own files off its draft. One that is gone already is no error. */
export async function removeUpload(actor: Actor, id: string): Promise<void> {
  requireDesk(actor);
  if (isUuid(id)) await forget({ id, ownerId: actor.id });
}

/** Takes all files off a draft. */
export async function removeUploads(actor: Actor, { number, kind }: UploadTo): Promise<void> {
  requireDesk(actor);
  await forget({ ownerId: actor.id, kind, ticket: { number } });
}

/**
 * Moves files from the actor's draft to the message that was written of it, in the same transaction.
 * `sizeMax` is the largest mail its server takes, in bytes; null when unknown, or for a note. `beside`
 * are the bytes of other files that go with it.
 * @throws AppError "conflict" when one of them is gone, "invalid" when they are too large together.
 */
export async function attachUploads(
  tx: Tx,
  actor: Actor,
  to: {
    messageRowId: string;
    ticketId: string;
    ids: readonly string[];
    sizeMax: number | null;
    beside?: number;
  },
): Promise<void> {
  const ids = [...new Set(to.ids)];
  if (ids.length === 0) return;
  const ticket = { OR: [{ id: to.ticketId }, { mergedIntoId: to.ticketId }] };
  const where = { id: { in: ids }, ownerId: actor.id, ticket };
  const files = await tx.upload.findMany({ where, select: { ...uploadSelect, blobSha256: true } });
  if (files.length < ids.length)
    throw new AppError(
      "conflict",
      "An attachment is not there any more: it was sent or removed in another tab. Reload the page, and attach it again if it is needed.",
      "files",
    );
  const max = filesBytesMax(to.sizeMax);
  const { beside = 0 } = to;
  if (files.reduce((sum, { size }) => sum + size, beside) > max) {
    const what = beside > 0 ? "The attachments and the forwarded files" : "The attachments";
    throw new AppError("invalid", `${what} are too large: ${limitWords(max)}.`, "files");
  }
  const ordered = ids.flatMap((id) => files.find((file) => file.id === id) ?? []);
  await tx.attachment.createMany({
    data: ordered.map(({ id: _id, blobSha256, ...file }, position) => ({
      ...{ ...file, messageRowId: to.messageRowId, position },
      ...{ sha256: blobSha256, blobSha256 },
    })),
  });
  await tx.upload.deleteMany({ where });
}

/**
 * Puts the files of a message that was taken back onto the actor's draft again; those of a mail that it
 * passed on stay with that.
 */
export async function takeBackUploads(
  tx: Tx,
  actor: Actor,
  taken: { messageRowId: string; ticketId: string; forwardOfId: string | null },
): Promise<Upload[]> {
  const { messageRowId, ticketId, forwardOfId } = taken;
  const filesOf = (messageRowId: string) =>
    tx.attachment.findMany({
      where: { messageRowId },
      select: { filename: true, mediaType: true, size: true, blobSha256: true },
      orderBy: { position: "asc" },
    });
  const files = await filesOf(messageRowId);
  const passedOn = forwardOfId ? await filesOf(forwardOfId) : [];
  // They stand behind the agent's own, or not at all; the same bytes may also be the agent's own.
  const own = files.length - passedOn.length;
  const isPassedOn = own >= 0 && passedOn.every((file, n) => isSameFile(file, files[own + n]));
  const uploads: Upload[] = [];
  for (const { blobSha256, ...file } of isPassedOn ? files.slice(0, own) : files) {
    if (!blobSha256) continue;
    const data = { ...file, blobSha256, ownerId: actor.id, ticketId, kind: "reply" };
    uploads.push(await tx.upload.create({ data, select: uploadSelect }));
  }
  return uploads;
}

type NamedFile = Pick<Upload, "filename" | "size"> & { blobSha256: Uint8Array | null };

function isSameFile(one: NamedFile, other: NamedFile | undefined): boolean {
  return (
    one.filename === other?.filename &&
    one.size === other.size &&
    Buffer.compare(one.blobSha256 ?? Buffer.alloc(0), other.blobSha256 ?? Buffer.alloc(0)) === 0
  );
}

/**
 * Forgets files that were put on no draft for a week, with bytes that nothing else names.
 * @returns how many.
 */
export async function sweepUploads(): Promise<number> {
  const old = await db().prisma.$queryRaw<{ id: string }[]>`
    SELECT u."id" FROM "Upload" u
    WHERE u."createdAt" < now() - make_interval(days => ${KEPT_DAYS}::int) AND NOT EXISTS (
      SELECT FROM "Draft" d WHERE d."ticketId" = u."ticketId" AND d."userId" = u."ownerId" AND d."kind" = u."kind")
    LIMIT 500`;
  return forget({ id: { in: old.map(({ id }) => id) } });
}

/** Removes uploads, and their bytes where nothing else names them. @returns how many. */
function forget(where: Prisma.UploadWhereInput): Promise<number> {
  return inTransaction(async (tx) => {
    const found = await tx.upload.findMany({ where, select: { id: true, blobSha256: true } });
    await tx.upload.deleteMany({ where: { id: { in: found.map(({ id }) => id) } } });
    // Whoever names the same bytes in this moment finds them gone, and is tried again.
    const hashes = found.map(({ blobSha256 }) => blobSha256);
    await tx.blob.deleteMany({
      where: { sha256: { in: hashes }, uploads: { none: {} }, attachments: { none: {} } },
    });
    return found.length;
  });
}

type Room = { files: number; bytes: number; max: number };

/** What still has room on a draft. @throws AppError "invalid" when no file more does. */
async function roomFor(
  tx: Pick<Tx, "upload">,
  actor: Actor,
  draft: { ticketId: string; kind: DraftKind; sizeMax: number | null },
): Promise<Room> {
  const { ticketId, kind } = draft;
  const [own, all] = await Promise.all([
    tx.upload.aggregate({
      where: { ownerId: actor.id, ticketId, kind },
      ...{ _count: true, _sum: { size: true } },
    }),
    tx.upload.aggregate({ where: { ownerId: actor.id }, _sum: { size: true } }),
  ]);
  if (own._count >= FILES_MAX)
    throw new AppError("invalid", `At most ${FILES_MAX} files go with one message.`);
  const max = filesBytesMax(kind === "note" ? null : draft.sizeMax);
  const bytes = max - (own._sum.size ?? 0);
  const unsent = UNSENT_BYTES_MAX - (all._sum.size ?? 0);
  if (unsent <= 0)
    throw new AppError(
      "invalid",
      `The files on your drafts are ${megabytes(UNSENT_BYTES_MAX)} together: send or discard some of them first.`,
    );
  return { files: FILES_MAX - own._count, bytes: Math.min(bytes, unsent), max };
}

/** @throws AppError "invalid" as soon as it is larger than there is room. */
async function read(chunks: AsyncIterable<Uint8Array>, room: Room, name: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > room.bytes) throw tooLarge(name, room);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function tooLarge(name: string, { bytes, max }: Room): AppError {
  const rest = bytes < max ? ` ${megabytes(Math.max(0, bytes))} of them are left.` : "";
  return new AppError("invalid", `“${name}” is too large: ${limitWords(max)}.${rest}`);
}

function limitWords(max: number): string {
  return max === FILES_BYTES_MAX
    ? `the files of one message may be ${megabytes(max)} together`
    : `the mail server takes files of ${megabytes(max)} together`;
}

/** @throws AppError "not-found" for a missing or deleted ticket. */
async function ticketOf(number: number): Promise<{ id: string; sizeMax: number | null }> {
  const [ticket, account] = await Promise.all([
    db().prisma.ticket.findFirst({
      where: { number, deletedAt: null },
      select: { id: true, account: { select: { isActive: true, smtpSizeMax: true } } },
    }),
    db().prisma.emailAccount.findFirst({
      where: { isActive: true, isDefault: true },
      select: { smtpSizeMax: true },
    }),
  ]);
  if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
  const own = ticket.account?.isActive ? ticket.account : account;
  return { id: ticket.id, sizeMax: own?.smtpSizeMax ?? null };
}

let running = 0;
const waiting: (() => void)[] = [];

/** A few at a time, the others in the order they came. */
async function fewAtATime<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** A name without folders, line ends and what file systems refuse. */
function filenameOf(given: string): string {
  const last = oneLine(pgText(given)).split(/[/\\]/).at(-1) ?? "";
  const name = cut(last.replace(/[\p{Cc}"]/gu, "").trim(), FILENAME_MAX);
  return name === "" || /^\.+$/.test(name) ? "attachment" : name;
}

function mediaTypeOf(given: string): string {
  const type = given.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? type : "application/octet-stream";
}
