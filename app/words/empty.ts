import type { TicketView } from "@/lib/tickets/query";
import { dictionary } from "./dictionary";

/** Why a list is empty, and where to go from there. */
export const emptyWords = dictionary({
  en: {
    noAccount: "No email account is connected yet.",
    addAccount: "Add Email Account",
    accounts: "Email Accounts",
    connectOne: "Connect one, and mail to it becomes tickets here.",
    adminConnects:
      "An admin connects one under Admin Portal → Email Accounts; mail to it becomes tickets here.",
    notPolled: (email: string) => `Polling is not enabled for ${email}.`,
    enablePolling: "Mail becomes tickets once an admin presses Enable Polling.",
    waiting: (email: string) => `Waiting for the first mail to ${email}.`,
    lastChecked: "Last checked {time}. New mail shows up here by itself.",
    notChecked: "It has not been checked yet: a worker does that once it runs.",
    nothingFurther: "There are no further tickets.",
    firstPage: "First page",
    noMatch: (view: string) => `No ticket in “${view}” matches this filter.`,
    noMatches: (view: string) => `No ticket in “${view}” matches all of these filters.`,
    lookInAll: "Look in all tickets",
    lookInSpam: "Look in spam",
    views: {
      "my-open": {
        title: "No open ticket is assigned to you.",
        more: "Take one that nobody has yet.",
      },
      unassigned: { title: "Every open ticket has an owner." },
      "all-open": { title: "No ticket is open.", more: "New mail shows up here by itself." },
      waiting: {
        title: "No ticket waits for a customer.",
        more: "A ticket comes here once its status is Pending.",
      },
      snoozed: {
        title: "No ticket sleeps.",
        more: "A ticket that is snoozed waits here until its time, or until somebody writes.",
      },
      solved: { title: "No ticket is solved yet." },
      automatic: {
        title: "No automatic mail has become a ticket.",
        more: "Newsletters, notices and answers of machines come here, out of the way.",
      },
      spam: {
        title: "There is no spam.",
        more: "What you mark as spam comes here, and new mail of blocked senders.",
      },
      all: { title: "There are no tickets." },
    } satisfies Record<TicketView, { title: string; more?: string }>,
  },
  de: {
    noAccount: "Noch ist kein E-Mail-Konto verbunden.",
    addAccount: "E-Mail-Konto hinzufügen",
    accounts: "E-Mail-Konten",
    connectOne: "Verbinden Sie eines, dann werden E-Mails an seine Adresse hier zu Tickets.",
    adminConnects:
      "Ein Admin verbindet eines unter Verwaltung → E-Mail-Konten; dann werden E-Mails an seine Adresse hier zu Tickets.",
    notPolled: (email) => `Der Abruf für ${email} ist nicht eingeschaltet.`,
    enablePolling: "E-Mails werden zu Tickets, sobald ein Admin auf „Enable Polling“ drückt.",
    waiting: (email) => `Die erste E-Mail an ${email} wird erwartet.`,
    lastChecked: "Zuletzt nachgesehen {time}. Neue E-Mails erscheinen hier von selbst.",
    notChecked: "Noch wurde nicht nachgesehen: Das tut ein Worker, sobald er läuft.",
    nothingFurther: "Weitere Tickets gibt es nicht.",
    firstPage: "Erste Seite",
    noMatch: (view) => `Kein Ticket in „${view}“ passt zu diesem Filter.`,
    noMatches: (view) => `Kein Ticket in „${view}“ passt zu allen diesen Filtern.`,
    lookInAll: "In allen Tickets suchen",
    lookInSpam: "Im Spam suchen",
    views: {
      "my-open": {
        title: "Ihnen ist kein offenes Ticket zugewiesen.",
        more: "Nehmen Sie eines, das noch niemand hat.",
      },
      unassigned: { title: "Für jedes offene Ticket ist jemand zuständig." },
      "all-open": {
        title: "Kein Ticket ist offen.",
        more: "Neue E-Mails erscheinen hier von selbst.",
      },
      waiting: {
        title: "Kein Ticket wartet auf einen Kunden.",
        more: "Ein Ticket kommt hierher, sobald sein Status „Wartend“ ist.",
      },
      snoozed: {
        title: "Kein Ticket ist zurückgestellt.",
        more: "Zurückgestellte Tickets bleiben hier bis zu ihrer Zeit, oder bis jemand schreibt.",
      },
      solved: { title: "Noch ist kein Ticket gelöst." },
      automatic: {
        title: "Keine automatische E-Mail ist zum Ticket geworden.",
        more: "Newsletter, Benachrichtigungen und Antworten von Maschinen kommen hierher, aus dem Weg.",
      },
      spam: {
        title: "Es gibt keinen Spam.",
        more: "Hierher kommt, was Sie als Spam markieren, und neue E-Mails gesperrter Absender.",
      },
      all: { title: "Es gibt keine Tickets." },
    },
  },
});
