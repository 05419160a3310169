import type { TicketPriority, TicketSource, TicketStatus } from "@/lib/db/generated/enums";
import type { TicketView } from "@/lib/tickets/query";
import { dictionary } from "./dictionary";

/** What tickets are and where they stand: the words that many parts share. */
export const ticketWords = dictionary({
  en: {
    views: {
      "my-open": "My open",
      unassigned: "Unassigned",
      "all-open": "All open",
      waiting: "Waiting on customer",
      snoozed: "Snoozed",
      solved: "Solved",
      automatic: "Automatic",
      spam: "Spam",
      all: "All tickets",
    } satisfies Record<TicketView, string>,
    sources: { EMAIL: "Email", WEB: "Web", API: "API" } satisfies Record<TicketSource, string>,
    statuses: {
      OPEN: "Open",
      PENDING: "Pending",
      SOLVED: "Solved",
      CLOSED: "Closed",
    } satisfies Record<TicketStatus, string>,
    /** In the badges of a list. */
    badges: {
      OPEN: "OPEN",
      PENDING: "PENDING",
      SOLVED: "SOLVED",
      CLOSED: "CLOSED",
    } satisfies Record<TicketStatus, string>,
    priorities: {
      LOW: "Low",
      NORMAL: "Normal",
      HIGH: "High",
      URGENT: "Urgent",
    } satisfies Record<TicketPriority, string>,
    count: (count: string) => (count === "1" ? "1 ticket" : `${count} tickets`),
  },
  de: {
    views: {
      "my-open": "Meine offenen",
      unassigned: "Nicht zugewiesen",
      "all-open": "Alle offenen",
      waiting: "Warten auf Kunden",
      snoozed: "Zurückgestellt",
      solved: "Gelöst",
      automatic: "Automatisch",
      spam: "Spam",
      all: "Alle Tickets",
    },
    sources: { EMAIL: "E-Mail", WEB: "Web", API: "API" },
    statuses: { OPEN: "Offen", PENDING: "Wartend", SOLVED: "Gelöst", CLOSED: "Geschlossen" },
    badges: { OPEN: "OFFEN", PENDING: "WARTEND", SOLVED: "GELÖST", CLOSED: "GESCHLOSSEN" },
    priorities: { LOW: "Niedrig", NORMAL: "Normal", HIGH: "Hoch", URGENT: "Dringend" },
    count: (count) => (count === "1" ? "1 Ticket" : `${count} Tickets`),
  },
});
