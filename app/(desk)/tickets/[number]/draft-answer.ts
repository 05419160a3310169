import type { Draft } from "@/lib/tickets/drafts";

export type Written = Omit<Draft, "savedAt">;

/** What the server says of a draft that was sent to it; null when that makes no sense. */
export type DraftAnswer =
  | { outcome: "saved"; savedAt: string | null }
  | { outcome: "newer"; draft: Draft }
  | { outcome: "gone" };

export function draftAnswerOf(value: unknown): DraftAnswer | null {
  const { outcome, savedAt, draft } = fieldsOf(value);
  if (outcome === "gone") return { outcome };
  if (outcome === "saved" && (savedAt === null || typeof savedAt === "string"))
    return { outcome, savedAt };
  const newer = outcome === "newer" ? writtenOf(draft) : null;
  const at = fieldsOf(draft).savedAt;
  return newer && typeof at === "string"
    ? { outcome: "newer", draft: { ...newer, savedAt: at } }
    : null;
}

/** Text, formatting and fields of something that was stored; null when it is nothing of the kind. */
export function writtenOf(value: unknown): Written | null {
  const { text, html, fields } = fieldsOf(value);
  if (typeof text !== "string" || !(html === null || typeof html === "string")) return null;
  const kept: Record<string, string> = {};
  for (const [name, field] of Object.entries(fieldsOf(fields)))
    if (typeof field === "string") kept[name] = field;
  return { text, html, fields: kept };
}

/** The `message` of a refusal; null when there is none. */
export function messageIn(value: unknown): string | null {
  const { message } = fieldsOf(value);
  return typeof message === "string" ? message : null;
}

/** Whatever it is, as an object whose fields may be looked at. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

export function isSame(one: Written, other: Written): boolean {
  return one.text.trim() === other.text.trim() && (one.html ?? "") === (other.html ?? "");
}
