import type { TicketDue } from "@/lib/tickets/query";
import { dictionary } from "./dictionary";

/** What a ticket owes by a time. */
export const dueWords = dictionary({
  en: {
    states: { soon: "Due soon", overdue: "Overdue" } satisfies Record<TicketDue, string>,
    whats: { "first-response": "First response", resolution: "Resolution" },
    overdueBy: (span: string) => `overdue by ${span}`,
    dueIn: (span: string) => `due in ${span}`,
    dueAt: (what: string, at: string) => `${what} due ${at}`,
  },
  de: {
    states: { soon: "Bald fällig", overdue: "Überfällig" },
    whats: { "first-response": "Erste Antwort", resolution: "Lösung" },
    overdueBy: (span) => `seit ${span} überfällig`,
    dueIn: (span) => `in ${span} fällig`,
    dueAt: (what, at) => `${what} fällig am ${at}`,
  },
});
