import { notFound } from "next/navigation";

/** The ticket number in an address; anything else is a page that does not exist. */
export function ticketNumberOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) notFound();
  return Number(text);
}
