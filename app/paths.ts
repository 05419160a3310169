import type { GuideSlug } from "@/lib/guides";

type Query = string | Record<string, string | number | boolean | null | undefined>;

/** `?a=1&b=2`, or nothing; empty, null and undefined values are left out. */
function search(query: Query | undefined): string {
  if (query === undefined) return "";
  if (typeof query === "string") {
    const text = query.replace(/^\?/, "");
    return text ? `?${text}` : "";
  }
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

const segment = (value: string | number) => encodeURIComponent(String(value));

/** Every address inside the product. Pages and actions build their links here and nowhere else. */
export const paths = {
  home: "/",
  login: (query?: { callbackUrl?: string; reason?: string }) => `/login${search(query)}`,
  forgot: "/forgot",
  register: "/register",
  access: (token: string) => `/access/${segment(token)}`,
  setup: (query?: { token?: string }) => `/setup${search(query)}`,

  tickets: (query?: Query) => `/tickets${search(query)}`,
  ticket: (number: number, query?: Query) => `/tickets/${segment(number)}${search(query)}`,
  newTicket: (query?: Query) => `/tickets/new${search(query)}`,
  views: "/tickets/views",
  newView: (query?: Query) => `/tickets/views/new${search(query)}`,
  originalMail: (number: number, receiptId: string) =>
    `/tickets/${segment(number)}/original/${segment(receiptId)}`,
  contacts: (query?: Query) => `/contacts${search(query)}`,
  contact: (id: string, query?: Query) => `/contacts/${segment(id)}${search(query)}`,
  mergeContact: (id: string, query?: Query) => `/contacts/${segment(id)}/merge${search(query)}`,
  reports: (query?: Query) => `/reports${search(query)}`,
  reportCsv: (kind: string, query?: Query) => `/api/reports/${segment(kind)}${search(query)}`,
  cannedReplies: "/canned-replies",
  newCannedReply: "/canned-replies/new",
  editCannedReply: (id: string) => `/canned-replies/${segment(id)}/edit`,
  practice: "/practice",
  /** The list of guides, one guide, or a section of it by the id of its heading. */
  help: (slug?: GuideSlug, section?: string) =>
    `/help${slug ? `/${slug}` : ""}${section ? `#${segment(section)}` : ""}`,

  my: "/my",
  myTicket: (number: number) => `/my/${segment(number)}`,
  myNew: "/my/new",
  profile: "/profile",

  emailAccounts: "/admin/email-accounts",
  /** `told` is what a sign-in at a provider came to, as toldBefore() reads it. */
  accountsTold: (told: string) => `/admin/email-accounts${search({ told })}`,
  newEmailAccount: "/admin/email-accounts/new",
  /** The form of an account, or of a new one, after a sign-in at a provider: with it, or why not. */
  accountForm: (id: string | null, query: { grant?: string; told?: string }) =>
    `/admin/email-accounts/${id === null ? "new" : `${segment(id)}/edit`}${search(query)}`,
  emailAccountLike: (id: string) => `/admin/email-accounts/new?like=${segment(id)}`,
  importEmailAccounts: "/admin/email-accounts/import",
  /** `use` fills another port and encryption in, as offeredWay() reads it. */
  editEmailAccount: (id: string, query?: { use?: string }) =>
    `/admin/email-accounts/${segment(id)}/edit${search(query)}`,
  accountTime: (id: string) => `/admin/email-accounts/${segment(id)}/time`,
  mail: (query?: Query) => `/admin/mail${search(query)}`,
  monitoring: (query?: Query) => `/admin/monitoring${search(query)}`,
  monitoredAccount: (id: string, query?: Query) =>
    `/admin/monitoring/${segment(id)}${search(query)}`,
  alerts: "/admin/alerts",
  blocked: "/admin/blocked",
  receipt: (id: string) => `/admin/mail/${segment(id)}`,
  settings: "/admin/settings",
  /** The part of the settings about a provider one signs in with. */
  signInApp: (provider: "MICROSOFT" | "GOOGLE") => `/admin/settings#${provider.toLowerCase()}`,
  people: "/admin/people",
  newPerson: "/admin/people/new",
  person: (id: string) => `/admin/people/${segment(id)}`,

  attachment: (id: string, options?: { inline?: boolean }) =>
    `/api/attachments/${segment(id)}${search({ inline: options?.inline ? 1 : undefined })}`,
  messageFrame: (id: string, options?: { images?: boolean }) =>
    `/api/messages/${segment(id)}/frame${search({ images: options?.images ? 1 : undefined })}`,
  drafts: (query?: { number: number; kind: string }) => `/api/drafts${search(query)}`,
  uploads: (query?: { number: number; kind: string; name?: string }) =>
    `/api/uploads${search(query)}`,
  upload: (id: string) => `/api/uploads/${segment(id)}`,
  filledReplies: (number: number) => `/api/canned-replies${search({ number })}`,
  uploadForm: "/api/uploads/form",
  servers: "/api/servers",
  rawMail: (receiptId: string) => `/api/raw/${segment(receiptId)}`,
  guidePicture: (name: string) => `/api/guides/${segment(name)}`,
  listNews: (list: string, since: string) => `/api/news/list${search({ since, list })}`,
  ownNews: (since?: string) => `/api/news/own${search({ since })}`,
  presence: (number: number) => `/api/presence/${segment(number)}`,
  events: (topics: readonly string[]) => `/api/events${search({ topics: topics.join(",") })}`,
} as const;

/**
 * Where to go after signing in: `wanted` when it is an address inside this product, else `fallback`.
 * Anything that a browser could read as another host (`//host`, `/\host`, control characters,
 * a scheme) is refused; a full address of our own origin is turned into its path.
 */
export function safeCallback(wanted: unknown, appUrl: string, fallback: string): string {
  if (typeof wanted !== "string" || wanted.length > 2000) return fallback;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these inside addresses
  if (/[\u0000-\u0020\u007f\\]/.test(wanted)) return fallback;
  const isPath = wanted.startsWith("/") && !wanted.startsWith("//");
  if (!isPath && !/^https?:\/\//i.test(wanted)) return fallback;
  if (!URL.canParse(wanted, appUrl)) return fallback;
  const url = new URL(wanted, appUrl);
  if (url.origin !== new URL(appUrl).origin || url.username || url.password) return fallback;
  if (
    url.pathname.startsWith("//") ||
    /^\/(api|login|setup|forgot|register|access)(\/|$)/.test(url.pathname)
  )
    return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}
