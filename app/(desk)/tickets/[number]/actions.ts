"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { agentAction, toastNext } from "@/app/action";
import { chunksOf } from "@/app/api/uploads/chunks";
import { paths } from "@/app/paths";
import { FILES_MAX } from "@/lib/mail/mail-size";
import { mailboxesIn } from "@/lib/mail/mailbox";

import { cancelDelivery, retryDelivery, undoReply } from "@/lib/outbound/control";
import { UNDO_SECONDS } from "@/lib/outbound/queue";
import { readSender } from "@/lib/outbound/sender";
import type { Actor } from "@/lib/tickets/access";
import { assignTicket } from "@/lib/tickets/assign";
import type { DraftKind } from "@/lib/tickets/drafts";
import { forwardMail } from "@/lib/tickets/forward";
import { mergeTicket } from "@/lib/tickets/merge";
import { moveMail } from "@/lib/tickets/move";
import { addNote } from "@/lib/tickets/note";
import { approveParticipant } from "@/lib/tickets/participants";
import { replyToTicket } from "@/lib/tickets/reply";
import { changeRequester } from "@/lib/tickets/requester";
import { blockSenderOf, markSpam, unblockSenderOf } from "@/lib/tickets/spam";
import { changePriority, changeStatus } from "@/lib/tickets/status";
import { undoMove } from "@/lib/tickets/undo-move";
import { storeUpload } from "@/lib/uploads";
import { isUuid } from "@/lib/uuid";
import { ticketNumber, typedNumber } from "./number-schema";

const number = ticketNumber;
const id = z.string().refine(isUuid);

const statusSchema = z.object({ number, status: z.enum(["OPEN", "PENDING", "SOLVED", "CLOSED"]) });

export const setStatus = agentAction(statusSchema, async (agent, { number, status }) => {
  await changeStatus(agent, number, status);
  revalidatePath(paths.ticket(number));
});

const prioritySchema = z.object({ number, priority: z.enum(["LOW", "NORMAL", "HIGH", "URGENT"]) });

export const setPriority = agentAction(prioritySchema, async (agent, { number, priority }) => {
  await changePriority(agent, number, priority);
  revalidatePath(paths.ticket(number));
});

const assigneeSchema = z.object({ number, assignee: z.union([z.literal(""), id]) });

export const setAssignee = agentAction(assigneeSchema, async (agent, { number, assignee }) => {
  await assignTicket(agent, number, assignee || null);
  revalidatePath(paths.ticket(number));
});

const addresses = z
  .string()
  .max(10_000, "That is too long for an address field.")
  .transform(mailboxesIn)
  .optional();
const ticked = z.literal("1").optional();

/** Files on the draft that go with it. */
const uploads = z.union([id.transform((one) => [one]), z.array(id).max(FILES_MAX)]).default([]);

/** Files that were chosen before JavaScript, and not put onto the draft first. */
const file = z.instanceof(File);
const files = z.union([file.transform((one) => [one]), z.array(file).max(FILES_MAX)]).default([]);

/** The version of the draft that is sent. */
const draft = z.union([z.literal(""), z.iso.datetime()]).default("");

const replySchema = z.object({
  number,
  text: z.string(),
  to: addresses,
  cc: addresses,
  bcc: addresses,
  /** As senderText() writes it. */
  accountId: z
    .string()
    .default("")
    .transform((text, context) => {
      const sender = readSender(text);
      if (sender || text === "") return sender;
      context.addIssue({ code: "custom", message: "Choose where it leaves from." });
      return z.NEVER;
    }),
  /** The mail that is answered or passed on, where the agent chose one. */
  answers: id.optional(),
  forwards: id.optional(),
  /** Whether the form asked. */
  quoteOffered: ticked,
  quote: ticked,
  quoteToNewcomers: ticked,
  withFiles: ticked,
  /** The newest message on the agent's screen. */
  lastMessageRowId: z.union([z.literal(""), id]).default(""),
  /** Set by "Send anyway": the agent knows that something newer came. */
  anyway: z.literal("1").optional(),
  status: z.enum(["PENDING", "SOLVED"]).optional(),
  html: z.string().default(""),
  upload: uploads,
  files,
  draft,
});

export const sendReply = agentAction(replySchema, async (agent, input) => {
  const { number, text, to, cc, bcc, lastMessageRowId, status, answers, forwards } = input;
  const sender = input.accountId;
  const mail = {
    ...{ number, text, undoSeconds: UNDO_SECONDS },
    ...(to ? { to } : {}),
    ...(cc ? { cc } : {}),
    ...(bcc ? { bcc } : {}),
    ...(sender ? { sender } : {}),
    ...(lastMessageRowId && !input.anyway ? { lastMessageRowId } : {}),
    ...(status ? { status } : {}),
    ...(input.html ? { html: input.html } : {}),
    uploads: await withFiles(agent, input, "reply"),
    draftVersion: input.draft,
  };
  if (forwards)
    await forwardMail(agent, {
      ...mail,
      messageRowId: forwards,
      withFiles: input.withFiles !== undefined,
    });
  else
    await replyToTicket(agent, {
      ...mail,
      ...(answers ? { answers } : {}),
      ...(input.quoteOffered ? { isQuoting: input.quote !== undefined } : {}),
      isQuotingToNewcomers: input.quoteToNewcomers !== undefined,
    });
  revalidatePath(paths.ticket(number));
  const what = forwards ? "The forwarded mail" : "The reply";
  return { message: `${what} leaves in ${UNDO_SECONDS} seconds.` };
});

const deliverySchema = z.object({ number, deliveryId: id });

export const retry = agentAction(deliverySchema, async (agent, input) => {
  await retryDelivery(agent, input);
  revalidatePath(paths.ticket(input.number));
});

export const cancel = agentAction(deliverySchema, async (agent, input) => {
  await cancelDelivery(agent, input);
  revalidatePath(paths.ticket(input.number));
});

export const undo = agentAction(deliverySchema, async (agent, input) => {
  const written = await undoReply(agent, input);
  revalidatePath(paths.ticket(input.number));
  return { data: written };
});

const noteSchema = z.object({ number, text: z.string(), upload: uploads, files, draft });

export const writeNote = agentAction(noteSchema, async (agent, input) => {
  const { number, text, draft } = input;
  const uploads = await withFiles(agent, input, "note");
  await addNote(agent, { number, text, uploads, draftVersion: draft });
  revalidatePath(paths.ticket(number));
  return { message: "The note was added." };
});

const participantSchema = z.object({ number, contactId: id });

export const letTakePart = agentAction(participantSchema, async (agent, input) => {
  await approveParticipant(agent, input);
  revalidatePath(paths.ticket(input.number));
});

const requesterSchema = z.object({
  number,
  address: z.string().max(254),
  name: z.string().max(200),
});

export const setRequester = agentAction(requesterSchema, async (agent, input) => {
  await changeRequester(agent, input);
  revalidatePath(paths.ticket(input.number));
});

const spamSchema = z.object({ number, isSpam: z.enum(["yes", "no"]) });

export const setSpam = agentAction(spamSchema, async (agent, { number, isSpam }) => {
  await markSpam(agent, number, isSpam === "yes");
  revalidatePath(paths.ticket(number));
});

const blockSchema = z.object({ number, what: z.enum(["address", "domain"]) });

export const block = agentAction(blockSchema, async (agent, input) => {
  await blockSenderOf(agent, input);
  revalidatePath(paths.ticket(input.number));
});

export const unblock = agentAction(z.object({ number }), async (agent, { number }) => {
  await unblockSenderOf(agent, number);
  revalidatePath(paths.ticket(number));
});

const mergeSchema = z.object({ from: number, into: typedNumber });

export const merge = agentAction(mergeSchema, async (agent, { from, into }) => {
  await mergeTicket(agent, { from, into });
  await toastNext(`#${from} was merged into #${into}.`);
  redirect(paths.ticket(into));
});

const rest = { number, messageRowId: id, andLater: z.literal("on").optional() };
const moveSchema = z.discriminatedUnion("where", [
  z.object({ where: z.literal("own"), ...rest }),
  z.object({ where: z.literal("ticket"), into: typedNumber, ...rest }),
]);

export const moveMessage = agentAction(moveSchema, async (agent, input) => {
  const moved = await moveMail(agent, {
    number: input.number,
    messageRowId: input.messageRowId,
    into: input.where === "own" ? null : input.into,
    andLater: input.andLater !== undefined,
  });
  await toastNext(
    input.where === "own"
      ? `The mail is on its own ticket now, #${moved.number}.`
      : `The mail was moved to #${moved.number}.`,
  );
  redirect(paths.ticket(moved.number));
});

const undoMoveSchema = z.object({ number, moveId: id });

export const undoCorrection = agentAction(undoMoveSchema, async (agent, input) => {
  const back = await undoMove(agent, input);
  await toastNext(`Undone: back on #${back.number}.`);
  redirect(paths.ticket(back.number));
});

/** The files on the draft, and those that came with the form itself. */
async function withFiles(
  agent: Actor,
  { number, upload, files }: { number: number; upload: string[]; files: File[] },
  kind: DraftKind,
): Promise<string[]> {
  const ids = [...upload];
  for (const file of files) {
    // What browsers send for a field without files.
    if (file.name === "" && file.size === 0) continue;
    const chunks = chunksOf(file.stream());
    const given = { filename: file.name, mediaType: file.type, chunks };
    ids.push((await storeUpload(agent, { number, kind }, given)).id);
  }
  return ids;
}
