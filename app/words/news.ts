import { dictionary } from "./dictionary";

/** What is new, in an open list and in notifications of the desktop. */
export const newsWords = dictionary({
  en: {
    newTickets: (count: number, shown: string) =>
      count === 1 ? "1 new ticket" : `${shown} new tickets`,
    replies: (count: number, shown: string) => (count === 1 ? "1 reply" : `${shown} replies`),
    newMails: (count: number) => `${count} tickets have new mail`,
    newTicket: (number: number) => `New ticket #${number}`,
    newReply: (number: number) => `New reply #${number}`,
  },
  de: {
    newTickets: (count, shown) => (count === 1 ? "1 neues Ticket" : `${shown} neue Tickets`),
    replies: (count, shown) => (count === 1 ? "1 Antwort" : `${shown} Antworten`),
    newMails: (count) => `Neue E-Mails in ${count} Tickets`,
    newTicket: (number) => `Neues Ticket #${number}`,
    newReply: (number) => `Neue Antwort #${number}`,
  },
});
