import type { FirstStep } from "@/lib/first-steps";
import { dictionary } from "./dictionary";

/** The first steps of a new admin. Buttons of pages in English only are named as they stand there. */
export const stepsWords = dictionary({
  en: {
    heading: "First steps",
    progress: (done: number, total: number) => `${done} of ${total}`,
    hide: "Hide first steps",
    hiding: "Hiding…",
    allSteps: "All steps",
    allDone: "First steps: all done.",
    ready: "Mailroom is ready for your customers.",
    close: "Close",
    next: "Next:",
    done: "Done:",
    steps: {
      "read-sample": {
        title: "Read a sample ticket",
        hint: "The practice mail server sent a few mails; each became a ticket.",
      },
      "answer-sample": {
        title: "Answer it",
        hint: "Write a reply below the mail and press Send. Practice mail never leaves this machine.",
      },
      "customer-answers": {
        title: "See the customer’s answer come back",
        hint: "Practice mail shows your reply in the customer’s inbox: answer it there.",
      },
      connect: {
        title: "Connect your own email account",
        hint: "The address your customers write to. Gmail and Outlook settings are detected.",
      },
      poll: {
        title: "Test it and turn polling on",
        hint: "Press Test SMTP and Test IMAP, then Enable Polling.",
      },
      "first-mail": {
        title: "First mail became a ticket",
        hint: "Send an email to {address} from another address. Its ticket appears within 1–2 minutes.",
      },
      "first-answer": {
        title: "First answer sent",
        hint: "Reply to that ticket. Below the reply stands when your mail server accepted it.",
      },
      colleague: {
        title: "Invite a colleague",
        hint: "Agents answer tickets; admins connect email accounts as well.",
      },
    } satisfies Record<FirstStep["id"], { title: string; hint: string }>,
    yourAddress: "your support address",
    openTicket: (number: number) => `Open ticket #${number}`,
    tickets: "Tickets",
    practice: "Practice mail",
    addAccount: "+ Add Email Account",
    accounts: "Email Accounts",
    addPerson: "Add person",
    samplesCanGo: "Your own account is connected, so the practice mail can go.",
    removeSamples: "Remove the sample tickets",
    removeQuestion: "Remove the sample tickets?",
    removing: "Removing…",
    removeMeans: (tickets: number) =>
      `${tickets === 1 ? "The ticket" : `All ${tickets} tickets`} of support@practice.test, with your answers and notes, and the account itself are deleted, and Practice mail ends. Tickets of your own accounts stay. A later start does not bring the samples back.`,
    hidden: "First steps are hidden. Help shows them again.",
    removed: (tickets: number) =>
      `Removed ${tickets === 1 ? "1 sample ticket" : `${tickets} sample tickets`}.`,
    newDefault: (email: string) => `${email} is the default now.`,
  },
  de: {
    heading: "Erste Schritte",
    progress: (done, total) => `${done} von ${total}`,
    hide: "Erste Schritte ausblenden",
    hiding: "Wird ausgeblendet…",
    allSteps: "Alle Schritte",
    allDone: "Erste Schritte: alle getan.",
    ready: "Mailroom ist bereit für Ihre Kunden.",
    close: "Schließen",
    next: "Als Nächstes:",
    done: "Getan:",
    steps: {
      "read-sample": {
        title: "Ein Beispielticket lesen",
        hint: "Der Übungsserver hat ein paar E-Mails gesendet; jede wurde zum Ticket.",
      },
      "answer-sample": {
        title: "Darauf antworten",
        hint: "Schreiben Sie unter der E-Mail eine Antwort und drücken Sie auf „Send“. Übungspost verlässt diesen Rechner nie.",
      },
      "customer-answers": {
        title: "Sehen, wie der Kunde antwortet",
        hint: "Die Übungspost zeigt Ihre Antwort im Posteingang des Kunden: Antworten Sie dort.",
      },
      connect: {
        title: "Ihr eigenes E-Mail-Konto verbinden",
        hint: "Die Adresse, an die Ihre Kunden schreiben. Gmail und Outlook werden erkannt.",
      },
      poll: {
        title: "Es prüfen und den Abruf einschalten",
        hint: "Drücken Sie auf „Test SMTP“ und „Test IMAP“, dann auf „Enable Polling“.",
      },
      "first-mail": {
        title: "Die erste E-Mail wurde zum Ticket",
        hint: "Senden Sie von einer anderen Adresse eine E-Mail an {address}. Ihr Ticket erscheint nach 1–2 Minuten.",
      },
      "first-answer": {
        title: "Die erste Antwort ist gesendet",
        hint: "Antworten Sie auf dieses Ticket. Unter der Antwort steht, wann Ihr Mailserver sie angenommen hat.",
      },
      colleague: {
        title: "Jemanden einladen",
        hint: "Agenten beantworten Tickets; Admins verbinden auch E-Mail-Konten.",
      },
    },
    yourAddress: "Ihre Support-Adresse",
    openTicket: (number) => `Ticket #${number} öffnen`,
    tickets: "Zu den Tickets",
    practice: "Übungspost",
    addAccount: "+ E-Mail-Konto hinzufügen",
    accounts: "E-Mail-Konten",
    addPerson: "Person hinzufügen",
    samplesCanGo: "Ihr eigenes Konto ist verbunden, die Übungspost kann also gehen.",
    removeSamples: "Beispieltickets entfernen",
    removeQuestion: "Die Beispieltickets entfernen?",
    removing: "Wird entfernt…",
    removeMeans: (tickets) =>
      `${tickets === 1 ? "Das Ticket" : `Alle ${tickets} Tickets`} von support@practice.test mit Ihren Antworten und Notizen und das Konto selbst werden gelöscht, und die Übungspost endet. Tickets Ihrer eigenen Konten bleiben. Ein späterer Start bringt die Beispiele nicht zurück.`,
    hidden: "Die ersten Schritte sind ausgeblendet. Unter Hilfe sind sie wieder zu haben.",
    removed: (tickets) =>
      tickets === 1 ? "1 Beispielticket entfernt." : `${tickets} Beispieltickets entfernt.`,
    newDefault: (email) => `${email} ist jetzt das Standardkonto.`,
  },
});
