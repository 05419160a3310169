import { z } from "zod";

/** A ticket's number in a hidden field. */
export const ticketNumber = z.coerce.number().int().min(1).max(2_147_483_647);

/** "42" or "#42", as people write it. */
export const typedNumber = z
  .string()
  .trim()
  .regex(/^#?[1-9]\d{0,8}$/, "Type the number of a ticket, like #42.")
  .transform((text) => Number(text.replace("#", "")));
