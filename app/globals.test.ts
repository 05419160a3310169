import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./globals.css", import.meta.url), "utf8");
const TOKEN = /--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g;
const tokens = new Map(
  [...css.matchAll(TOKEN)].map(([, name = "", light = "", dark = ""]) => [name, { light, dark }]),
);
tokens.set("white", { light: "#ffffff", dark: "#ffffff" });

type Theme = "light" | "dark";

function colour(name: string, theme: Theme): string {
  const token = tokens.get(name);
  if (!token) throw new Error(`globals.css has no token --${name}`);
  return token[theme];
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string, theme: Theme): number {
  const [x, y] = [luminance(colour(a, theme)), luminance(colour(b, theme))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const GROUNDS = ["canvas", "sheet", "float", "sunk", "hover", "selected"];
const TINTS = ["green-bg", "purple-bg", "red-bg", "amber-bg", "blue-bg", "grey-bg"];

const TEXT: [text: string, ground: string][] = [
  ...["ink", "ink-2", "ink-3", "accent", "accent-hover"].flatMap((text) =>
    GROUNDS.map((ground): [string, string] => [text, ground]),
  ),
  ...["ink", "ink-2"].flatMap((text) => TINTS.map((tint): [string, string] => [text, tint])),
  ...["green", "purple", "red", "amber", "blue", "grey"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-bg`],
    [tone, "sheet"],
    [tone, "canvas"],
  ]),
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["white", "green-fill"],
  ["white", "red-fill"],
  ["note-ink", "note"],
  ["ink", "note"],
  ["accent", "red-bg"],
  ["accent", "amber-bg"],
  ["accent", "blue-bg"],
];

const EDGES: [line: string, ground: string][] = ["edge", "focus"].flatMap((line) =>
  ["canvas", "sheet", "float"].map((ground): [string, string] => [line, ground]),
);

describe.each<Theme>(["light", "dark"])("the %s theme", (theme) => {
  it.each(TEXT)("lets %s be read on %s", (text, ground) => {
    expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.55);
  });

  it.each(EDGES)("lets %s be seen on %s", (line, ground) => {
    expect(contrast(line, ground, theme)).toBeGreaterThanOrEqual(3);
  });
});

it("has every token in the theme, so that a class exists for it", () => {
  const missing = [...tokens.keys()].filter(
    (name) => name !== "white" && !css.includes(`--color-${name}: var(--${name});`),
  );
  expect(missing).toEqual([]);
});
