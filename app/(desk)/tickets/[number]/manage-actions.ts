"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { agentAction } from "@/app/action";
import { paths } from "@/app/paths";
import { writeContactNote } from "@/lib/contact-note";
import { relateTickets, unrelateTickets } from "@/lib/tickets/related";
import { SNOOZE_PRESETS, wakeAtClock, wakeTime, zoneOr } from "@/lib/tickets/snooze";
import { snoozeTicket, wakeTicket } from "@/lib/tickets/snooze-ticket";
import { tagTicket, untagTicket } from "@/lib/tickets/tags";
import { isUuid } from "@/lib/uuid";
import { ticketNumber, typedNumber } from "./number-schema";

const tagSchema = z.object({ number: ticketNumber, tag: z.string().max(1000) });

export const addTag = agentAction(tagSchema, async (agent, input) => {
  await tagTicket(agent, input);
  revalidatePath(paths.ticket(input.number));
});

export const removeTag = agentAction(tagSchema, async (agent, input) => {
  await untagTicket(agent, input);
  revalidatePath(paths.ticket(input.number));
});

const snoozeSchema = z.object({
  number: ticketNumber,
  /** Without one, `date` counts: Enter in its field presses no button. */
  until: z.enum([...SNOOZE_PRESETS, "date"]).default("date"),
  date: z.string().max(30).default(""),
  /** The browser's time zone. */
  zone: z.string().max(100).default(""),
});

export const snooze = agentAction(snoozeSchema, async (agent, { number, until, date, ...rest }) => {
  const zone = zoneOr(rest.zone);
  const now = new Date();
  const moment = until === "date" ? wakeAtClock(date, zone, now) : wakeTime(until, zone, now);
  await snoozeTicket(agent, { number, until: moment, zone });
  revalidatePath(paths.ticket(number));
});

export const wake = agentAction(z.object({ number: ticketNumber }), async (agent, { number }) => {
  await wakeTicket(agent, number);
  revalidatePath(paths.ticket(number));
});

const relateSchema = z.object({ number: ticketNumber, into: typedNumber });

export const relate = agentAction(relateSchema, async (agent, { number, into }) => {
  await relateTickets(agent, { number, other: into });
  revalidatePath(paths.ticket(number));
});

const unrelateSchema = z.object({ number: ticketNumber, other: ticketNumber });

export const unrelate = agentAction(unrelateSchema, async (agent, input) => {
  await unrelateTickets(agent, input);
  revalidatePath(paths.ticket(input.number));
});

const noteSchema = z.object({
  number: ticketNumber,
  contactId: z.string().refine(isUuid),
  note: z.string(),
  /** When the note was written that the form was filled with. */
  seenAt: z.union([
    z.literal("").transform(() => null),
    z.iso.datetime().transform((text) => new Date(text)),
  ]),
});

export const writePersonNote = agentAction(noteSchema, async (agent, { number, ...input }) => {
  await writeContactNote(agent, input);
  revalidatePath(paths.ticket(number));
});
