import type { FirstStep, StepPlace } from "@/lib/first-steps";
import { paths } from "../paths";

type Words = { title: string; hint: string; action?: string };

/** A step in the words of the guide and of the buttons it is about. */
export function wordsOf({ id, place }: FirstStep, ownAddress: string | null): Words {
  const openTicket = place?.page === "ticket" ? `Open ticket #${place.number}` : "Tickets";
  switch (id) {
    case "read-sample":
      return {
        title: "Read a sample ticket",
        hint: "The practice mail server sent a few mails; each became a ticket.",
        action: openTicket,
      };
    case "answer-sample":
      return {
        title: "Answer it",
        hint: "Write a reply below the mail and press Send. Practice mail never leaves this machine.",
        action: openTicket,
      };
    case "customer-answers":
      return {
        title: "See the customer’s answer come back",
        hint: "Practice mail shows your reply in the customer’s inbox: answer it there.",
        action: "Practice mail",
      };
    case "connect":
      return {
        title: "Connect your own email account",
        hint: "The address your customers write to. Gmail and Outlook settings are detected.",
        action: "+ Add Email Account",
      };
    case "poll":
      return {
        title: "Test it and turn polling on",
        hint: "Press Test SMTP and Test IMAP, then Enable Polling.",
        action: place?.page === "accounts" ? "Email Accounts" : undefined,
      };
    case "first-mail":
      return {
        title: "First mail became a ticket",
        hint: `Send an email to ${ownAddress ?? "your support address"} from another address. Its ticket appears within 1–2 minutes.`,
      };
    case "first-answer":
      return {
        title: "First answer sent",
        hint: "Reply to that ticket. Below the reply stands when your mail server accepted it.",
        action: openTicket,
      };
    case "colleague":
      return {
        title: "Invite a colleague",
        hint: "Agents answer tickets; admins connect email accounts as well.",
        action: "Add person",
      };
    default:
      return id satisfies never;
  }
}

export function pathOf(place: StepPlace): string | null {
  switch (place?.page) {
    case "ticket":
      return paths.ticket(place.number);
    case "tickets":
      return paths.tickets();
    case "practice":
      return paths.practice;
    case "new-account":
      return paths.newEmailAccount;
    case "accounts":
      return paths.emailAccounts;
    case "new-person":
      return paths.newPerson;
    default:
      return (place satisfies null | undefined) ?? null;
  }
}
