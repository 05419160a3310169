const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

/**
 * What a browser without JavaScript sends of the form around the field with this id: every field as
 * it stands on the page, without the buttons. @throws Error when there is no such form.
 */
export function fieldsOfForm(html: string, id: string): Map<string, string> {
  const form = html
    .split(/<form\b/)
    .slice(1)
    .map((part) => part.split("</form>")[0] ?? "")
    .find((part) => part.includes(`id="${id}"`));
  if (!form) throw new Error(`The page has no form with a field ${id}`);
  const fields = new Map<string, string>();
  for (const [tag = ""] of form.matchAll(/<input\b[^>]*>/g)) addInput(fields, tag);
  for (const [, tag = "", text = ""] of form.matchAll(/<textarea\b([^>]*)>([^<]*)<\/textarea>/g))
    fields.set(attributeOf(tag, "name") ?? "", decoded(text));
  for (const [, tag = "", options = ""] of form.matchAll(
    /<select\b([^>]*)>([\s\S]*?)<\/select>/g,
  )) {
    const all = [...options.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
    const chosen = all.find((option) => /\sselected\b/.test(option)) ?? all[0] ?? "";
    fields.set(attributeOf(tag, "name") ?? "", attributeOf(chosen, "value") ?? "");
  }
  fields.delete("");
  return fields;
}

function addInput(fields: Map<string, string>, tag: string): void {
  const type = attributeOf(tag, "type") ?? "text";
  const isOff = (type === "checkbox" || type === "radio") && !/\schecked\b/.test(tag);
  if (isOff || type === "submit" || type === "file") return;
  fields.set(attributeOf(tag, "name") ?? "", attributeOf(tag, "value") ?? "");
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decoded(value);
}

function decoded(text: string): string {
  return text.replace(/&(#x27|amp|lt|gt|quot);/g, (whole, name) => ENTITIES[name] ?? whole);
}
