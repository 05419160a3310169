import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const ROOT = process.cwd();

/** Folders and files whose words are all in the dictionary; "/" ends a folder with all below it. */
const TRANSLATED = [
  "app/(auth)/auth-frame.tsx",
  "app/(auth)/envelope.tsx",
  "app/(auth)/login/",
  "app/(desk)/tickets/*",
  "app/(desk)/tickets/views/",
  "app/(portal)/profile/",
  "app/first-steps/remove-samples.tsx",
  "app/first-steps/steps-panel.tsx",
  "app/keys/",
  "app/layout.tsx",
  "app/ui/confirm-dialog.tsx",
  "app/ui/desktop-notices.tsx",
  "app/ui/field.tsx",
  "app/ui/button.tsx",
  "app/ui/main.tsx",
  "app/ui/nav-link.tsx",
  "app/ui/page-header.tsx",
  "app/ui/relative-time.tsx",
  "app/ui/saved-view-links.tsx",
  "app/ui/shell.tsx",
  "app/ui/toaster.tsx",
  "app/ui/user-menu.tsx",
];

/** Attributes that people read or hear. */
const SPOKEN = /^(alt|aria-label|title|placeholder|label|legend|hint|busy|word|confirm|trigger)$/;

/** Names, commands and signs, which are the same in every language. */
const SAME = new Set(["Mailroom", "npm run start:worker", "…", "#"]);

function filesOf(place: string): string[] {
  if (!/[/*]$/.test(place)) return [place];
  const folder = place.replace(/[/*]+$/, "");
  const found = readdirSync(path.join(ROOT, folder), {
    withFileTypes: true,
    recursive: place.endsWith("/"),
  });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith(".tsx"))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));
}

/** Text of elements and of spoken attributes that stands in the file itself. */
function wordsWrittenIn(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const keep = (words: string) => {
    if (/\p{L}{2}|…/u.test(words) && !SAME.has(words.trim()))
      found.push(`${file}: ${words.trim()}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) keep(node.text);
    if (ts.isJsxAttribute(node) && SPOKEN.test(node.name.getText()))
      literalsIn(node.initializer, keep);
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent))
      literalsIn(node.expression, keep);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The texts that an expression comes to: not those it compares, nor what a call is given. */
function literalsIn(node: ts.Node | undefined, keep: (words: string) => void): void {
  if (!node) return;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) keep(node.text);
  else if (ts.isTemplateExpression(node)) {
    for (const part of [node.head, ...node.templateSpans.map(({ literal }) => literal)])
      keep(part.text);
  } else if (ts.isConditionalExpression(node)) {
    for (const branch of [node.whenTrue, node.whenFalse]) literalsIn(branch, keep);
  } else if (ts.isBinaryExpression(node)) literalsIn(node.right, keep);
  else if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node))
    literalsIn(node.expression, keep);
}

it("finds the files it is about to judge", () => {
  expect(TRANSLATED.flatMap(filesOf).length).toBeGreaterThan(40);
  expect(wordsWrittenIn("app/not-found.tsx").join()).toContain("There is nothing here");
  expect(wordsWrittenIn("app/ui/callout.tsx").join()).toContain("What the server said");
});

it("translated components take their words from the dictionary", () => {
  expect(TRANSLATED.flatMap(filesOf).flatMap(wordsWrittenIn)).toEqual([]);
});
