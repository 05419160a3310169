import { z } from "zod";
import type { Prisma } from "../db/generated/client";
import { type Calendar, calendarSchema } from "../mail/calendar-summary";
import type { Authentication, Forwarded, MailAddress } from "../mail/mail";

// The JSON columns of Message, as what they were when the mail was processed. What does not look
// like it, such as a row of another version, counts as nothing.

const personSchema = z.object({ name: z.string(), address: z.string() });
const addressSchema = z.array(personSchema);
const authenticationSchema = z.object({
  spf: z.string().nullable(),
  dkim: z.string().nullable(),
  dmarc: z.string().nullable(),
  server: z.string().nullable(),
});
const forwardedSchema = z.object({
  from: personSchema.nullable(),
  subject: z.string().nullable(),
  date: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .nullable(),
});

export function addressesOf(value: Prisma.JsonValue): MailAddress[] {
  return addressSchema.safeParse(value).data ?? [];
}

export function authenticationOf(row: { authentication: Prisma.JsonValue }): Authentication | null {
  return authenticationSchema.safeParse(row.authentication).data ?? null;
}

export function calendarOf(row: { calendar: Prisma.JsonValue }): Calendar | null {
  return calendarSchema.safeParse(row.calendar).data ?? null;
}

export function forwardedOf(row: { forwarded: Prisma.JsonValue }): Forwarded | null {
  return forwardedSchema.safeParse(row.forwarded).data ?? null;
}
