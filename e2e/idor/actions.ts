import { startSession } from "@/lib/sessions";
import {
  createAccount,
  createContact,
  createCustomer,
  createMessage,
  createTicket,
  createUser,
} from "@/lib/testing/factories";
import { ALERT_ACTIONS } from "./alert-actions";
import { BULK_ACTIONS } from "./bulk-actions";
import { ADMIN, CALLERS, DESK, SIGNED_IN } from "./callers";
import {
  type ActionCase,
  accountForm,
  admins,
  desk,
  guessed,
  NOWHERE,
  newcomer,
  nobody,
  noFields,
  onAccount,
  onDelivery,
  onMail,
  onMailFrom,
  onMerge,
  onPerson,
  onTicket,
  soon,
  ticketOf,
  unique,
} from "./calls";
import { CANNED_REPLY_ACTIONS } from "./canned-reply-actions";
import { IMPORT_ACTIONS } from "./import-actions";
import { MAIL_ACTIONS } from "./mail-actions";
import { MANAGE_ACTIONS } from "./manage-actions";
import { PORTAL_ACTIONS } from "./portal-actions";
import { SIGN_IN_ACTIONS, SIGN_IN_BUTTONS } from "./sign-in-actions";
import { STEP_ACTIONS } from "./step-actions";
import { VIEW_ACTIONS } from "./view-actions";

const ACCOUNTS = "app/(admin)/admin/email-accounts/actions.ts";
const TIME = "app/(admin)/admin/email-accounts/[id]/time/actions.ts";
const PEOPLE = "app/(admin)/admin/people/actions.ts";
const TICKET = "app/(desk)/tickets/[number]/actions.ts";
const CONTACTS = "app/(desk)/contacts/actions.ts";
const PRACTICE = "app/(desk)/practice/actions.ts";
const ACCESS = "app/(auth)/access/actions.ts";
const PROFILE = "app/(portal)/profile/actions.ts";
const SESSION = "app/session-actions.ts";

/** Every server action, by file and name. One that is missing here fails the test. */
export const ACTIONS: Record<string, ActionCase[]> = {
  ...ALERT_ACTIONS,
  ...BULK_ACTIONS,
  ...IMPORT_ACTIONS,
  ...SIGN_IN_ACTIONS,
  [`${SESSION}#setTheme`]: [
    {
      what: "a theme of one's own browser",
      call: async () => ({ form: { theme: "dark" } }),
      ...{ allowed: CALLERS, isPlain: true, answers: /./ },
    },
  ],
  [`${SESSION}#setLanguage`]: [
    {
      what: "the language of one's own browser",
      call: async () => ({ form: { language: "de" } }),
      ...{ allowed: CALLERS, isPlain: true, answers: /./ },
    },
  ],
  [`${SESSION}#setDensity`]: [
    {
      what: "rows of one's own browser",
      call: async () => ({ form: { density: "compact" } }),
      ...{ allowed: CALLERS, isPlain: true, answers: /./ },
    },
  ],
  [`${SESSION}#signOut`]: [
    { ...{ what: "one's own session", allowed: SIGNED_IN, isPlain: true }, call: noFields },
  ],
  [`${SESSION}#signOutEverywhere`]: [
    { ...{ what: "one's own sessions", allowed: SIGNED_IN, isPlain: true }, call: noFields },
  ],
  "app/(auth)/login/actions.ts#signIn": [
    nobody("a wrong password", async () => ({
      form: { email: (await createUser()).email, password: "not the password" },
    })),
    nobody("a user without a password", async () => ({
      form: { email: (await createUser({ passwordHash: null })).email, password: "" },
    })),
  ],
  "app/(auth)/setup/actions.ts#createAdmin": [
    nobody("a second first admin", async () => ({
      form: { token: "x", name: "Eve", email: unique(), password: "a good long password" },
    })),
  ],

  // The same answer to everyone; what follows from it is a mail to the address itself.
  [`${ACCESS}#sendReset`]: [
    {
      what: "a link for a new password",
      call: async () => ({ form: { email: unique() } }),
      ...{ allowed: CALLERS, answers: /"status":"done"/ },
    },
  ],
  [`${ACCESS}#register`]: [
    {
      what: "a registration",
      // Nothing follows for an address of our own, which would else be written after the answer.
      call: async () => ({ form: { email: (await createAccount()).email, name: "Eve" } }),
      ...{ allowed: CALLERS, answers: /"status":"done"/ },
    },
  ],
  [`${ACCESS}#accept`]: [nobody("a guessed link", guessed)],
  [`${ACCESS}#renew`]: [nobody("a guessed link", guessed)],
  [`${PROFILE}#changeName`]: [
    { what: "one's own", call: async () => ({ form: { name: unique() } }), allowed: SIGNED_IN },
  ],
  // Without the tick: it turns off what was on.
  [`${PROFILE}#changeKeys`]: desk("one's own", noFields),
  [`${PROFILE}#changeSignature`]: desk("one's own", async () => ({
    form: { signature: unique() },
  })),
  [`${PROFILE}#changePassword`]: [
    nobody("a wrong one", async () => ({
      form: { current: "not it at all", password: "another long password" },
    })),
  ],
  [`${PROFILE}#changeNotices`]: [
    { what: "one's own", call: async () => ({ form: { assigned: "on" } }), allowed: DESK },
  ],
  [`${PROFILE}#endSession`]: [
    nobody("somebody else's", async () => {
      const { id: userId } = await createUser();
      return { form: { sessionId: await startSession(userId, null) } };
    }),
  ],

  [`${ACCOUNTS}#enablePolling`]: [
    ...admins(
      "an account",
      onAccount({ smtpPasswordSealed: "sealed", imapPasswordSealed: "sealed" }),
    ),
    nobody("an inactive account", onAccount({ isActive: false, smtpPasswordSealed: "sealed" })),
  ],
  [`${ACCOUNTS}#disablePolling`]: admins("an account", onAccount({ pollingEnabled: true })),
  [`${ACCOUNTS}#activate`]: admins("an account", onAccount({ isActive: false })),
  [`${ACCOUNTS}#pollNow`]: [
    // No worker runs, which is refused, but the poll stays asked for.
    ...admins("an account", onAccount({ pollingEnabled: true })),
    nobody("an account that is not polled", onAccount({})),
  ],
  [`${ACCOUNTS}#compareNow`]: [
    // As pollNow: without a worker it is refused and stays asked for.
    ...admins("an account", onAccount({ pollingEnabled: true, compareDueAt: new Date() })),
    nobody("an account that is not polled", onAccount({})),
  ],
  [`${ACCOUNTS}#removeAccount`]: [
    ...admins("an account", onAccount({})),
    nobody("a person's id", async (people) => ({ form: { id: people.ids.agent } })),
  ],
  [`${ACCOUNTS}#testStored`]: [
    {
      what: "an account",
      call: onAccount({ ...NOWHERE, smtpUsername: "" }, { test: "smtp" }),
      ...{ allowed: ADMIN, answers: /SMTP connection test failed/ },
    },
  ],
  [`${ACCOUNTS}#submitAccount`]: [
    ...admins("a new account", async () => ({ form: accountForm() })),
    ...admins("a known account", async () => {
      const { id } = await createAccount({ smtpHost: "127.0.0.1", smtpUsername: "" });
      return { form: { ...accountForm(), id, smtpUsername: "", intent: "save" } };
    }),
    {
      what: "a test of any server",
      call: async () => ({ form: { ...accountForm(), intent: "test-imap" } }),
      ...{ allowed: ADMIN, answers: /IMAP connection test failed/ },
    },
    {
      what: "a mail sent from any server",
      call: async () => ({ form: { ...accountForm(), intent: "test-mail" } }),
      ...{ allowed: ADMIN, answers: /SMTP connection test failed/ },
    },
    {
      what: "a dry run of any mailbox",
      call: async () => ({ form: { ...accountForm(), intent: "dry-run" } }),
      ...{ allowed: ADMIN, answers: /Nothing answers on 127\.0\.0\.1/ },
    },
    ...SIGN_IN_BUTTONS,
  ],
  [`${TIME}#saveTime`]: [
    ...admins("an account", onAccount({}, { firstResponseHours: "4" })),
    nobody("a person's id", async (people) => ({ form: { id: people.ids.agent } })),
  ],
  [`${ACCOUNTS}#detect`]: [
    {
      what: "detection",
      call: async () => ({ form: { email: "a@b.example", smtpHost: "smtp.gmail.com" } }),
      ...{ allowed: ADMIN, isPlain: true, answers: /imap\.gmail\.com/ },
    },
  ],
  [`${ACCOUNTS}#switchLookUps`]: admins("the look-ups", async (_people, caller) => ({
    // Another value for each caller, so that an allowed call is seen to change something.
    form: { isOn: caller === "admin" ? "no" : "yes" },
  })),
  ...MAIL_ACTIONS,
  [`${PEOPLE}#addPerson`]: admins("a new admin", async () => ({
    form: { name: "Eve", email: unique(), role: "ADMIN", password: "a good long password" },
  })),
  [`${PEOPLE}#makeLink`]: [
    ...admins("another person", onPerson({ role: "AGENT" }, { how: "hand" })),
    nobody("somebody deactivated", onPerson({ isActive: false }, { how: "hand" })),
  ],
  [`${PEOPLE}#setRegistration`]: admins("the registration", async (_people, caller) => ({
    // Another value for each caller, so that an allowed call is seen to change something.
    form: { isOpen: caller === "admin" ? "no" : "yes" },
  })),
  [`${PEOPLE}#changeRole`]: [
    ...admins("another person", onPerson({ role: "AGENT" }, { role: "ADMIN" })),
    nobody("oneself", async ({ ids }, caller) => ({
      form: {
        personId: ids[caller === "signed out" ? "agent" : caller],
        role: caller === "admin" ? "AGENT" : "ADMIN",
      },
    })),
  ],
  [`${PEOPLE}#setPassword`]: admins(
    "another person",
    onPerson({ role: "AGENT" }, { password: "another long password" }),
  ),
  [`${PEOPLE}#deactivate`]: [
    ...admins("another person", onPerson({ role: "AGENT" })),
    nobody("oneself", async (people) => ({ form: { personId: people.ids.admin } })),
  ],
  [`${PEOPLE}#reactivate`]: admins("another person", onPerson({ isActive: false })),

  [`${PRACTICE}#sendMail`]: [nobody("no practice", async () => ({ form: { kind: "order" } }))],
  [`${PRACTICE}#answerMail`]: [
    nobody("no practice", async () => ({ form: { uid: "1", text: "Hello" } })),
  ],

  [`${CONTACTS}#rename`]: [
    ...desk("a contact", async () => ({
      form: { contactId: (await createContact()).id, name: "Another name" },
    })),
    nobody("a merged contact", async (people) => {
      const { id } = await createContact({ mergedIntoId: people.ownerContactId });
      return { form: { contactId: id, name: "Another name" } };
    }),
  ],
  [`${CONTACTS}#mergeInto`]: [
    ...desk("a contact into the owner's", async (people) => ({
      form: {
        ...{ fromId: (await createContact()).id, intoId: people.ownerContactId },
        userId: people.ids.owner,
      },
    })),
    nobody("a contact into one that signs in, which was not said", async (people) => ({
      form: { fromId: (await createContact()).id, intoId: people.ownerContactId },
    })),
    nobody("a contact that signs in into another that does", async (people) => ({
      form: { fromId: (await createCustomer()).contact.id, intoId: people.ownerContactId },
    })),
    nobody("a contact into itself", async (people) => ({
      form: { fromId: people.ownerContactId, intoId: people.ownerContactId },
    })),
  ],
  [`${CONTACTS}#suggest`]: [
    {
      what: "known addresses",
      call: async () => ({ args: [(await createContact({ name: "Known Person" })).email] }),
      ...{ allowed: DESK, answers: /Known Person/ },
    },
  ],
  ...PORTAL_ACTIONS,
  ...STEP_ACTIONS,
  ...CANNED_REPLY_ACTIONS,
  ...VIEW_ACTIONS,
  ...MANAGE_ACTIONS,
  "app/(desk)/tickets/new/actions.ts#openTicket": desk("a new ticket", async () => ({
    form: { requesterEmail: unique(), subject: "By hand", text: "Text" },
  })),
  [`${TICKET}#setStatus`]: [
    ...desk("the owner's ticket", onTicket({ status: "SOLVED" })),
    nobody("no ticket", async () => ({ form: { number: "999999", status: "SOLVED" } })),
  ],
  [`${TICKET}#setPriority`]: desk("the owner's ticket", onTicket({ priority: "URGENT" })),
  [`${TICKET}#setAssignee`]: [
    ...desk("an agent", async (people) => onTicket({ assignee: people.ids.agent })(people)),
    nobody("a customer", async (people) => onTicket({ assignee: people.ids.owner })(people)),
  ],
  [`${TICKET}#sendReply`]: [
    ...desk("the owner's ticket", onTicket({ text: "An answer" })),
    nobody("a ticket that is gone", async () => ({
      form: { number: String((await createTicket({ deletedAt: new Date() })).number), text: "Hi" },
    })),
    ...["answers", "forwards"].map((field) =>
      nobody(`a mail of another ticket, which it ${field}`, async () => {
        const { number } = await createTicket();
        const { id } = await createMessage();
        const to = "eve@customer.test";
        return { form: { number: String(number), text: "Hi", to, [field]: id } };
      }),
    ),
  ],
  [`${TICKET}#retry`]: [
    ...desk("a mail that failed", onDelivery({ status: "FAILED" })),
    nobody("a mail of another ticket", onDelivery({ status: "FAILED" }, true)),
  ],
  [`${TICKET}#cancel`]: [
    ...desk("a mail that waits", onDelivery({})),
    nobody("a mail of another ticket", onDelivery({}, true)),
  ],
  [`${TICKET}#undo`]: [
    admins("a reply of somebody else", onDelivery({ nextAttemptAt: soon() })),
    [nobody("a mail of another ticket", onDelivery({ nextAttemptAt: soon() }, true))],
  ].flat(),
  [`${TICKET}#writeNote`]: desk("the owner's ticket", onTicket({ text: "A note" })),
  [`${TICKET}#letTakePart`]: [
    ...desk("somebody new on it", newcomer(true)),
    nobody("somebody on another ticket", newcomer(false)),
  ],
  [`${TICKET}#setRequester`]: [
    ...desk("somebody else", onTicket({ address: "else@customer.test", name: "Else" })),
    nobody("no address", onTicket({ address: "else", name: "" })),
    nobody("no ticket", async () => ({
      form: { number: "999999", address: "else@customer.test", name: "" },
    })),
    nobody("an address of our own", async (people) => {
      const { email } = await createAccount();
      return onTicket({ address: email, name: "" })(people);
    }),
  ],
  [`${TICKET}#merge`]: [
    ...desk("two tickets", async (people) => ({
      form: {
        from: String((await ticketOf(people)).number),
        into: String((await createTicket()).number),
      },
    })),
    nobody("a ticket into itself", async (people) => {
      const number = String((await ticketOf(people)).number);
      return { form: { from: number, into: number } };
    }),
  ],

  [`${TICKET}#moveMessage`]: [
    ...desk("a mail on the ticket", onMail({ where: "own" })),
    nobody("a mail of another ticket", onMail({ where: "own" }, true)),
    nobody("to a ticket that does not exist", onMail({ where: "ticket", into: "#999999999" })),
  ],
  [`${TICKET}#setSpam`]: [
    ...desk("the owner's ticket", onTicket({ isSpam: "yes" })),
    ...desk("no spam", onTicket({ isSpam: "no" })),
  ],
  [`${TICKET}#block`]: [
    ...desk("the sender of a ticket", onMailFrom({ what: "address" })),
    ...desk("their domain", onMailFrom({ what: "domain" })),
    nobody("a ticket without a mail", onTicket({ what: "address" })),
  ],
  [`${TICKET}#unblock`]: [
    ...desk("the sender of a ticket", onMailFrom({}, true)),
    nobody("a sender who is not blocked", onMailFrom({})),
  ],
  [`${TICKET}#undoCorrection`]: [
    ...desk("a merge into the ticket", onMerge()),
    nobody("a merge of other tickets", onMerge(true)),
  ],
};
