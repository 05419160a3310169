const STYLE_LENGTH_MAX = 4_000;
const DECLARATIONS_MAX = 60;
const COLOUR_FUNCTION = /\b(?:rgba?|hsla?)\([\d\s.,%/]{1,60}\)/gi;
const PLAIN_VALUE = /^[\w\s.,#%'"!/+-]{1,200}$/;

const PROPERTIES = new Set(
  (
    "background background-color border border-bottom border-bottom-color border-bottom-style " +
    "border-bottom-width border-collapse border-color border-left border-left-color " +
    "border-left-style border-left-width border-radius border-right border-right-color " +
    "border-right-style border-right-width border-spacing border-style border-top " +
    "border-top-color border-top-style border-top-width border-width clear color direction " +
    "display float font font-family font-size font-style font-variant font-weight height " +
    "letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right " +
    "margin-top max-height max-width min-height min-width overflow-wrap padding padding-bottom " +
    "padding-left padding-right padding-top table-layout text-align text-decoration text-indent " +
    "text-transform unicode-bidi vertical-align white-space width word-break word-spacing word-wrap"
  ).split(" "),
);

/**
 * The declarations of a style attribute that only change how the mail's own text looks. Values hold
 * words, numbers and colours; no function but a colour's, so no `url()`, no `expression()`; no
 * escapes or comments that could hide one; nothing that positions, and no negative margins.
 */
export function safeStyle(style: string): string {
  return style
    .slice(0, STYLE_LENGTH_MAX)
    .split(";")
    .slice(0, DECLARATIONS_MAX)
    .map(safeDeclaration)
    .filter((declaration) => declaration !== "")
    .join(";");
}

function safeDeclaration(declaration: string): string {
  const colon = declaration.indexOf(":");
  const property = declaration.slice(0, colon).trim().toLowerCase();
  const value = withoutPictures(property, declaration.slice(colon + 1)).trim();
  if (colon === -1 || value === "" || !PROPERTIES.has(property)) return "";
  if (!PLAIN_VALUE.test(value.replace(COLOUR_FUNCTION, "0")) || value.includes("/*")) return "";
  if (property.startsWith("margin") && value.includes("-")) return "";
  if (oddQuotes(value, "'") || oddQuotes(value, '"')) return "";
  return `${property}:${value}`;
}

/** A background's colour stays when its picture goes: light text may stand on it. */
function withoutPictures(property: string, value: string): string {
  return property === "background" ? value.replace(/url\([^()]*\)/gi, "") : value;
}

function oddQuotes(value: string, quote: string): boolean {
  return value.split(quote).length % 2 === 0;
}
