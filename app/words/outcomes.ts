import type { TicketPriority, TicketStatus } from "@/lib/db/generated/enums";
import type { BulkProgress } from "@/lib/tickets/bulk";
import { dictionary } from "./dictionary";

type Skip = keyof BulkProgress["skipped"];

/** What became of a change of many tickets, and of its undoing. `tickets` is "1 ticket" or "3 tickets". */
export const outcomeWords = dictionary({
  en: {
    nothing: (reasons: string) => `Nothing changed: ${reasons}.`,
    noTicket: "no ticket is left",
    skipped: (count: number, reasons: string) => `${count} skipped: ${reasons}.`,
    why: {
      SAME: "so already",
      MERGED: "merged meanwhile",
      DELETED: "deleted meanwhile",
      CHANGED_SINCE: "changed by somebody else meanwhile",
      REFUSED: "not possible",
    } satisfies Record<Skip, string>,
    refused: {
      status: "closed, which can only be opened",
      snooze: "solved or closed",
      tag: "with 20 tags already",
    },
    assigned: (tickets: string) => `${tickets} assigned.`,
    unassigned: (tickets: string) => `${tickets} assigned to nobody.`,
    status: {
      OPEN: (tickets: string) => `${tickets} set to open.`,
      PENDING: (tickets: string) => `${tickets} set to pending.`,
      SOLVED: (tickets: string) => `${tickets} set to solved.`,
      CLOSED: (tickets: string) => `${tickets} set to closed.`,
    } satisfies Record<TicketStatus, unknown>,
    priority: {
      LOW: (tickets: string) => `${tickets} set to low priority.`,
      NORMAL: (tickets: string) => `${tickets} set to normal priority.`,
      HIGH: (tickets: string) => `${tickets} set to high priority.`,
      URGENT: (tickets: string) => `${tickets} set to urgent priority.`,
    } satisfies Record<TicketPriority, unknown>,
    spam: (tickets: string) => `${tickets} put into spam.`,
    notSpam: (tickets: string) => `${tickets} taken out of spam.`,
    tagged: (tickets: string, tag: string) => `${tickets} tagged “${tag}”.`,
    untagged: (tickets: string, tag: string) => `${tickets} no longer tagged “${tag}”.`,
    snoozed: (tickets: string, until: string) => `${tickets} snoozed until ${until}.`,
    woken: (tickets: string) => `${tickets} woken.`,
    merged: (tickets: string, count: number, into: number) =>
      `${tickets} ${count === 1 ? "was" : "were"} merged into #${into}.`,
    undone: (tickets: string) => `Undone: ${tickets}.`,
    undoneBut: (stayed: number, all: number) =>
      `Undone. ${stayed} of ${all} ${stayed === 1 ? "was changed since and stays" : "were changed since and stay"}.`,
  },
  de: {
    nothing: (reasons) => `Nichts geändert: ${reasons}.`,
    noTicket: "kein Ticket ist mehr da",
    skipped: (count, reasons) => `${count} ausgelassen: ${reasons}.`,
    why: {
      SAME: "schon so",
      MERGED: "inzwischen vereint",
      DELETED: "inzwischen gelöscht",
      CHANGED_SINCE: "inzwischen von jemand anderem geändert",
      REFUSED: "nicht möglich",
    },
    refused: {
      status: "geschlossen und nur noch zu öffnen",
      snooze: "gelöst oder geschlossen",
      tag: "schon mit 20 Labels",
    },
    assigned: (tickets) => `${tickets} zugewiesen.`,
    unassigned: (tickets) => `${tickets} niemandem mehr zugewiesen.`,
    status: {
      OPEN: (tickets) => `${tickets} auf „Offen“ gesetzt.`,
      PENDING: (tickets) => `${tickets} auf „Wartend“ gesetzt.`,
      SOLVED: (tickets) => `${tickets} auf „Gelöst“ gesetzt.`,
      CLOSED: (tickets) => `${tickets} auf „Geschlossen“ gesetzt.`,
    },
    priority: {
      LOW: (tickets) => `${tickets} auf Priorität „Niedrig“ gesetzt.`,
      NORMAL: (tickets) => `${tickets} auf Priorität „Normal“ gesetzt.`,
      HIGH: (tickets) => `${tickets} auf Priorität „Hoch“ gesetzt.`,
      URGENT: (tickets) => `${tickets} auf Priorität „Dringend“ gesetzt.`,
    },
    spam: (tickets) => `${tickets} als Spam markiert.`,
    notSpam: (tickets) => `${tickets} aus dem Spam geholt.`,
    tagged: (tickets, tag) => `${tickets} mit „${tag}“ versehen.`,
    untagged: (tickets, tag) => `Label „${tag}“ von ${tickets} entfernt.`,
    snoozed: (tickets, until) => `${tickets} zurückgestellt bis ${until}.`,
    woken: (tickets) => `${tickets} zurückgeholt.`,
    merged: (tickets, _count, into) => `${tickets} mit #${into} vereint.`,
    undone: (tickets) => `Rückgängig gemacht: ${tickets}.`,
    undoneBut: (stayed, all) =>
      `Rückgängig gemacht. ${stayed} von ${all} ${stayed === 1 ? "wurde seither geändert und bleibt" : "wurden seither geändert und bleiben"}.`,
  },
});
