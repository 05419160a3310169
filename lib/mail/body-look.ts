import { safeStyle } from "./safe-style";

/** Where the tag of a mail's body is looked for. */
const HEAD_LENGTH_MAX = 200_000;

/** The little of a body's look without which its text may be light on light. */
const LOOK = /^(?:background|background-color|color):/;

/**
 * The colours of a mail's <body>, as declarations for whatever stands in its place: its background
 * and its text, by attribute or style. "" when it has none.
 */
export function bodyLook(html: string): string {
  const [, tag = ""] = /<body\b([^>]{1,4000})>/i.exec(html.slice(0, HEAD_LENGTH_MAX)) ?? [];
  const declarations = [
    `background-color:${colourOf(tag, "bgcolor")}`,
    `color:${colourOf(tag, "text")}`,
    ...safeStyle(attributeOf(tag, "style")).split(";"),
  ];
  return declarations.filter((each) => LOOK.test(each) && !each.endsWith(":")).join(";");
}

/** HTML takes "336699" for a colour, CSS does not. */
function colourOf(tag: string, name: string): string {
  const value = attributeOf(tag, name).trim();
  if (/^[0-9a-f]{6}$/i.test(value)) return `#${value}`;
  return /^#?[0-9a-z]{3,20}$/i.test(value) ? value : "";
}

function attributeOf(tag: string, name: string): string {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(
    tag,
  );
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? "";
}
