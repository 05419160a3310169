import { z } from "zod";
import type { TicketChange } from "./events";
import { wakeWords } from "./snooze";

/** Names by the ids of users and contacts. */
export type Names = ReadonlyMap<string, string>;

type Change = Exclude<TicketChange, { kind: "message" }>;

const text = z.string();
const id = z.string().nullable();
const number = z.number();

/** What a TicketEvent holds, read back. Messages stand in the conversation themselves. */
const changeSchema: z.ZodType<Change> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("opened"), source: z.enum(["EMAIL", "WEB", "API"]) }),
  z.object({
    kind: z.literal("status"),
    ...{ from: text, to: text, why: text.optional(), with: text.optional() },
  }),
  z.object({ kind: z.literal("priority"), from: text, to: text }),
  z.object({ kind: z.literal("assigned"), from: id, to: id, with: text.optional() }),
  z.object({ kind: z.enum(["merged-into", "merged-from"]), number, moveId: text.optional() }),
  z.object({ kind: z.enum(["moved-to", "moved-from"]), number, count: number, moveId: text }),
  z.object({
    kind: z.literal("move-undone"),
    ...{ number, count: number, wasMerge: z.boolean(), way: z.enum(["back", "away"]) },
  }),
  z.object({ kind: z.literal("deleted"), why: text }),
  z.object({ kind: z.literal("requester"), from: id, to: text }),
  z.object({ kind: z.enum(["spam", "not-spam"]) }),
  z.object({ kind: z.enum(["tagged", "untagged"]), name: text }),
  z.object({ kind: z.literal("snoozed"), until: z.iso.datetime(), zone: text }),
  z.object({ kind: z.literal("woken") }),
  z.object({ kind: z.enum(["related", "unrelated"]), number }),
  z.object({ kind: z.enum(["sender-blocked", "sender-unblocked"]), sender: text }),
  z.object({ kind: z.literal("participant-approved"), contactId: text }),
  z.object({
    kind: z.literal("copies"),
    ...{ added: z.array(text), agreed: z.array(text), stopped: z.array(text), with: text },
  }),
  z.object({
    kind: z.enum(["delivery-retried", "delivery-cancelled"]),
    deliveryId: text,
    to: text,
  }),
  z.object({ kind: z.literal("bounced"), address: text, status: text }),
  z.object({ kind: z.literal("complained") }),
]);

/** One line of history in words: "Assigned to Nora Brandt". Unknown kinds are named as they are. */
export function describeEvent(event: { kind: string; data: unknown }, names: Names): string {
  const data = typeof event.data === "object" ? event.data : {};
  const parsed = changeSchema.safeParse({ ...data, kind: event.kind });
  return parsed.success ? describeChange(parsed.data, names) : event.kind;
}

function describeChange(change: Change, names: Names): string {
  const name = (who: string) => names.get(who) ?? "somebody";
  switch (change.kind) {
    case "opened":
      return OPENED[change.source];
    case "status":
      return `Status ${change.to}${change.why ? `, because ${change.why}` : ""}`;
    case "priority":
      return `Priority ${change.to.toLowerCase()}`;
    case "assigned":
      return change.to ? `Assigned to ${name(change.to)}` : "Assigned to nobody";
    case "merged-into":
      return `Merged into #${change.number}`;
    case "merged-from":
      return `#${change.number} was merged into this ticket`;
    case "moved-to":
      return `${messages(change.count)} moved to #${change.number}`;
    case "moved-from":
      return `${messages(change.count)} moved here from #${change.number}`;
    case "move-undone":
      return describeUndone(change);
    case "deleted":
      return `Deleted, because ${change.why}`;
    case "requester":
      return change.from
        ? `Requester changed from ${name(change.from)} to ${name(change.to)}`
        : `Requester set to ${name(change.to)}`;
    case "spam":
      return "Marked as spam";
    case "not-spam":
      return "Marked as not spam";
    case "tagged":
      return `Tagged “${change.name}”`;
    case "untagged":
      return `Tag “${change.name}” removed`;
    case "snoozed":
      return `Snoozed until ${wakeWords(new Date(change.until), change.zone)}`;
    case "woken":
      return "Woken";
    case "related":
      return `Related to #${change.number}`;
    case "unrelated":
      return `No longer related to #${change.number}`;
    case "sender-blocked":
      return `Mail from ${change.sender} blocked`;
    case "sender-unblocked":
      return `Mail from ${change.sender} no longer blocked`;
    case "participant-approved":
      return `${name(change.contactId)} may take part`;
    case "copies":
      return describeCopies(change, name);
    case "delivery-retried":
      return `Mail to ${change.to} queued again`;
    case "delivery-cancelled":
      return `Mail to ${change.to} cancelled`;
    case "bounced":
      return `Mail to ${change.address} came back (${change.status})`;
    case "complained":
      return "The recipient complained about our mail as spam";
    default:
      return change satisfies never;
  }
}

function describeCopies(
  { added, agreed, stopped }: Extract<Change, { kind: "copies" }>,
  name: (who: string) => string,
): string {
  const list = (ids: string[]) => ids.map(name).join(", ");
  const joined = [...added, ...agreed];
  const gone = stopped.length > 0 ? `no more copies to ${list(stopped)}` : "";
  const first =
    joined.length > 0 ? `${list(joined)} now ${joined.length === 1 ? "takes" : "take"} part` : "";
  const words = [first, gone].filter(Boolean).join("; ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function describeUndone(change: Extract<Change, { kind: "move-undone" }>): string {
  const { count, number, wasMerge, way } = change;
  if (wasMerge) return `The merge with #${number} was undone`;
  return way === "back"
    ? `${messages(count)} came back from #${number}`
    : `${messages(count)} went back to #${number}`;
}

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}

const OPENED = {
  EMAIL: "Opened by mail",
  WEB: "Opened on the web",
  API: "Opened through the API",
} as const;

/** The move, split or merge an event tells of, which can be undone by its id; null for others. */
export function moveIdOf(event: { data: unknown }): string | null {
  return z.object({ moveId: text }).safeParse(event.data).data?.moveId ?? null;
}

/** The ids in events whose names a description needs. */
export function idsIn(events: { kind: string; data: unknown }[]): string[] {
  const ids = events.flatMap((event) => {
    const data = typeof event.data === "object" ? event.data : {};
    const { data: change } = changeSchema.safeParse({ ...data, kind: event.kind });
    if (change?.kind === "assigned") return [change.to];
    if (change?.kind === "requester") return [change.from, change.to];
    if (change?.kind === "participant-approved") return [change.contactId];
    if (change?.kind === "copies") return [...change.added, ...change.agreed, ...change.stopped];
    return [];
  });
  return [...new Set(ids.filter((one) => one !== null))];
}
