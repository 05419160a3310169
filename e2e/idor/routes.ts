import { db } from "@/lib/db/client";
import {
  createAccount,
  createAttachment,
  createContact,
  createMessage,
  createReceipt,
  createTicket,
  createUpload,
} from "@/lib/testing/factories";
import { ADMIN, CALLERS, type Caller, DESK, NOBODY, type People, SIGNED_IN } from "./callers";

/** The objects that addresses name. */
export type World = Awaited<ReturnType<typeof createWorld>>;

/** A ticket of the owner with everything on it, another ticket, and what admins look after. */
export async function createWorld(people: People) {
  const ticket = await createTicket({ requesterId: people.ownerContactId });
  const html = "<p>Secret of the owner</p>";
  const message = await createMessage({ ticketId: ticket.id, html });
  const note = await createMessage({ ticketId: ticket.id, kind: "NOTE", html });
  const receipt = await createReceipt({ status: "PROCESSED", messageRowId: message.id });
  const otherTicket = await createTicket();
  const otherMessage = await createMessage({ ticketId: otherTicket.id });
  const otherReceipt = await createReceipt({ status: "PROCESSED", messageRowId: otherMessage.id });
  const merged = await createContact({ mergedIntoId: people.ownerContactId });
  return {
    number: ticket.number,
    contactId: people.ownerContactId,
    mergedContactId: merged.id,
    receiptId: receipt.id,
    otherReceiptId: otherReceipt.id,
    messageId: message.id,
    noteId: note.id,
    attachmentId: (await createAttachment({ messageRowId: message.id })).id,
    noteAttachmentId: (await createAttachment({ messageRowId: note.id })).id,
    accountId: (await createAccount()).id,
    personId: people.ids["other customer"],
    sharedReplyId: await replyId(null),
    agentsReplyId: await replyId(people.ids.agent),
    uploadId: (await createUpload({ ownerId: people.ids.agent, ticketId: ticket.id })).id,
  };
}

async function replyId(ownerId: string | null): Promise<string> {
  const data = { name: "Thanks", body: "Thank you.", ownerId, makerId: ownerId };
  return (await db().prisma.cannedReply.create({ data, select: { id: true } })).id;
}

/**
 * Who gets an answer from an address; to everyone else it does not exist, or leads to the sign-in
 * where it is a page. `redirects`: where it sends somebody instead.
 */
export type Route = {
  address: (world: World) => string;
  allowed: readonly Caller[];
  redirects?: Partial<Record<Caller, string>>;
  /** Where those who get an answer are sent on to. */
  leadsTo?: (world: World) => string;
  /** For answers that depend on the machine, such as readiness without a worker. */
  status?: number;
};

const HOMES: Partial<Record<Caller, string>> = {
  owner: "/my",
  "other customer": "/my",
  agent: "/tickets",
  admin: "/tickets",
};

const page = (address: Route["address"], allowed: readonly Caller[]): Route => ({
  address,
  allowed,
  redirects: { "signed out": "/login" },
});
const route = (address: Route["address"], allowed: readonly Caller[]): Route => ({
  address,
  allowed,
});
const closed = (address: Route["address"]): Route => ({
  ...{ address, allowed: [] },
  redirects: Object.fromEntries(CALLERS.map((caller) => [caller, "/login"])),
});

/** Every page and route of app/, by its path there. One that is missing here fails the test. */
export const ROUTES: Record<string, Route[]> = {
  "/": [{ address: () => "/", allowed: [], redirects: { "signed out": "/login", ...HOMES } }],
  "/login": [{ address: () => "/login", allowed: ["signed out"], redirects: HOMES }],
  // Somebody can sign in, so the set-up is over, with whatever token.
  "/setup": [closed(() => "/setup"), closed(() => "/setup?token=x")],

  // Links are for whoever has them; one that never was says so to everybody.
  "/forgot": [route(() => "/forgot", CALLERS)],
  "/register": [route(() => "/register", CALLERS)],
  "/access/[token]": [
    route(() => "/access/nonsense", CALLERS),
    route(() => `/access/${"A".repeat(43)}`, CALLERS),
  ],

  "/tickets": [page(() => "/tickets", DESK)],
  "/tickets/new": [page(() => "/tickets/new", DESK)],
  "/tickets/views": [page(() => "/tickets/views", DESK)],
  "/tickets/views/new": [
    page(() => "/tickets/views/new?source=EMAIL", DESK),
    page(() => "/tickets/views/new?source=FAX", DESK),
  ],
  "/tickets/[number]": [
    page(({ number }) => `/tickets/${number}`, DESK),
    page(() => "/tickets/999999", NOBODY),
    page(() => "/tickets/1%20OR%201=1", NOBODY),
  ],
  "/tickets/[number]/original/[receiptId]": [
    page(({ number, receiptId }) => `/tickets/${number}/original/${receiptId}`, DESK),
    page(({ number, otherReceiptId }) => `/tickets/${number}/original/${otherReceiptId}`, NOBODY),
    page(({ number }) => `/tickets/${number}/original/nonsense`, NOBODY),
  ],
  "/canned-replies": [page(() => "/canned-replies", DESK)],
  "/canned-replies/new": [page(() => "/canned-replies/new", DESK)],
  "/canned-replies/[id]/edit": [
    page(({ sharedReplyId }) => `/canned-replies/${sharedReplyId}/edit`, ADMIN),
    page(({ agentsReplyId }) => `/canned-replies/${agentsReplyId}/edit`, ["agent"]),
    page(() => "/canned-replies/nonsense/edit", NOBODY),
  ],
  "/contacts": [page(() => "/contacts", DESK), page(() => "/contacts?q=customer", DESK)],
  "/contacts/[id]": [
    page(({ contactId }) => `/contacts/${contactId}`, DESK),
    {
      ...page(({ mergedContactId }) => `/contacts/${mergedContactId}`, DESK),
      leadsTo: ({ contactId }) => `/contacts/${contactId}`,
    },
    page(({ personId }) => `/contacts/${personId}`, NOBODY),
    page(() => "/contacts/nonsense", NOBODY),
  ],
  "/contacts/[id]/merge": [
    page(({ contactId }) => `/contacts/${contactId}/merge`, DESK),
    page(({ contactId }) => `/contacts/${contactId}/merge?into=${contactId}`, DESK),
    page(({ contactId }) => `/contacts/${contactId}/merge?into=nonsense`, NOBODY),
    page(({ contactId, personId }) => `/contacts/${contactId}/merge?into=${personId}`, NOBODY),
  ],
  "/reports": [
    page(() => "/reports", DESK),
    page(() => "/reports?from=yesterday&account=x&agent=y", DESK),
  ],
  // There is no practice mail server beside this desk.
  "/practice": [page(() => "/practice", NOBODY)],

  "/help": [page(() => "/help", DESK)],
  "/help/[slug]": [
    page(() => "/help/email-setup", DESK),
    page(() => "/help/coverage", NOBODY),
    page(() => "/help/..%2F..%2FREADME", NOBODY),
  ],

  "/profile": [page(() => "/profile", SIGNED_IN)],
  "/my": [page(() => "/my", SIGNED_IN)],
  "/my/new": [page(() => "/my/new", SIGNED_IN)],
  "/my/[number]": [
    page(({ number }) => `/my/${number}`, ["owner"]),
    page(() => "/my/999999", NOBODY),
  ],

  "/admin/email-accounts": [page(() => "/admin/email-accounts", ADMIN)],
  "/admin/email-accounts/new": [
    page(() => "/admin/email-accounts/new", ADMIN),
    page(() => "/admin/email-accounts/new?grant=nonsense&told=nonsense", ADMIN),
  ],
  "/admin/email-accounts/import": [page(() => "/admin/email-accounts/import", ADMIN)],
  "/admin/email-accounts/[id]/edit": [
    page(({ accountId }) => `/admin/email-accounts/${accountId}/edit`, ADMIN),
    page(({ personId }) => `/admin/email-accounts/${personId}/edit`, NOBODY),
  ],
  "/admin/email-accounts/[id]/time": [
    page(({ accountId }) => `/admin/email-accounts/${accountId}/time`, ADMIN),
    page(({ personId }) => `/admin/email-accounts/${personId}/time`, NOBODY),
  ],
  "/admin/monitoring": [
    page(() => "/admin/monitoring", ADMIN),
    page(() => "/admin/monitoring?page=-1&period=%27", ADMIN),
  ],
  "/admin/monitoring/[id]": [
    page(({ accountId }) => `/admin/monitoring/${accountId}`, ADMIN),
    page(({ accountId }) => `/admin/monitoring/${accountId}?before=x&polls=y`, ADMIN),
    page(({ personId }) => `/admin/monitoring/${personId}`, NOBODY),
    page(() => "/admin/monitoring/nonsense", NOBODY),
  ],
  "/admin/alerts": [page(() => "/admin/alerts", ADMIN)],
  "/admin/blocked": [page(() => "/admin/blocked", ADMIN)],
  "/admin/mail": [page(() => "/admin/mail", ADMIN)],
  "/admin/settings": [page(() => "/admin/settings", ADMIN)],
  "/admin/people": [page(() => "/admin/people", ADMIN)],
  "/admin/people/new": [page(() => "/admin/people/new", ADMIN)],
  "/admin/people/[id]": [
    page(({ personId }) => `/admin/people/${personId}`, ADMIN),
    page(({ accountId }) => `/admin/people/${accountId}`, NOBODY),
  ],

  "/api/attachments/[id]": [
    route(({ attachmentId }) => `/api/attachments/${attachmentId}`, ["owner", ...DESK]),
    route(({ noteAttachmentId }) => `/api/attachments/${noteAttachmentId}`, DESK),
    // Text is never shown in place.
    route(({ attachmentId }) => `/api/attachments/${attachmentId}?inline=1`, NOBODY),
    route(() => "/api/attachments/nonsense", NOBODY),
  ],
  "/api/messages/[id]/frame": [
    route(({ messageId }) => `/api/messages/${messageId}/frame`, ["owner", ...DESK]),
    route(({ noteId }) => `/api/messages/${noteId}/frame`, DESK),
    route(() => "/api/messages/nonsense/frame", NOBODY),
  ],
  "/api/raw/[id]": [
    route(({ receiptId }) => `/api/raw/${receiptId}`, DESK),
    route(({ messageId }) => `/api/raw/${messageId}`, NOBODY),
  ],
  "/api/reports/[kind]": [
    route(() => "/api/reports/tickets?days=7", DESK),
    route(() => "/api/reports/days?from=x&account=%27", DESK),
    route(() => "/api/reports/users", NOBODY),
  ],
  "/api/guides/[picture]": [
    route(() => "/api/guides/account-form-light.png", DESK),
    // There is such a file, but no guide shows it.
    route(() => "/api/guides/setup-dark.png", NOBODY),
    route(() => "/api/guides/..%2F..%2Fpackage.json", NOBODY),
  ],
  "/api/canned-replies": [
    route(({ number }) => `/api/canned-replies?number=${number}`, DESK),
    route(() => "/api/canned-replies?number=999999", NOBODY),
    route(() => "/api/canned-replies", NOBODY),
  ],
  "/api/drafts": [
    route(({ number }) => `/api/drafts?number=${number}&kind=reply`, DESK),
    route(() => "/api/drafts?number=999999&kind=reply", NOBODY),
    route(({ number }) => `/api/drafts?number=${number}&kind=letter`, NOBODY),
  ],
  "/api/uploads": [
    route(({ number }) => `/api/uploads?number=${number}&kind=note`, DESK),
    route(() => "/api/uploads?kind=note", NOBODY),
  ],
  "/api/uploads/[id]": [
    route(({ uploadId }) => `/api/uploads/${uploadId}`, ["agent"]),
    route(({ attachmentId }) => `/api/uploads/${attachmentId}`, NOBODY),
    route(() => "/api/uploads/nonsense", NOBODY),
  ],
  // Only forms are sent there: who may is asked in idor.spec.ts.
  "/api/uploads/form": [{ ...route(() => "/api/uploads/form", CALLERS), status: 405 }],
  // Where providers send admins back to; what nobody began does nothing: e2e/sign-in-for-mail.spec.ts.
  "/api/oauth/callback": [
    {
      ...{ address: () => "/api/oauth/callback?code=x&state=y", allowed: [] },
      redirects: { "signed out": "/login", admin: "/admin/email-accounts" },
    },
  ],
  // What a POST answers to whom: e2e/discovery.spec.ts.
  "/api/servers": [{ ...route(() => "/api/servers", CALLERS), status: 405 }],
  "/api/events": [route(() => "/api/events?topics=ticket", DESK)],
  "/api/presence/[number]": [
    route(({ number }) => `/api/presence/${number}`, DESK),
    route(() => "/api/presence/999999", NOBODY),
    route(() => "/api/presence/nonsense", NOBODY),
  ],
  "/api/news/list": [route(() => "/api/news/list?since=1795773091000~5:9:", DESK)],
  "/api/news/own": [route(() => "/api/news/own", DESK)],
  // next-auth's own: who I am, as far as I am signed in.
  "/api/auth/[...nextauth]": [route(() => "/api/auth/session", CALLERS)],
  "/api/health": [route(() => "/api/health", CALLERS)],
  // Without a worker it is not ready, and says so to everyone alike.
  "/api/health/ready": [{ ...route(() => "/api/health/ready", CALLERS), status: 503 }],
  // METRICS_TOKEN is not set.
  "/api/metrics": [route(() => "/api/metrics", NOBODY)],
};
