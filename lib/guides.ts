import { readFile } from "node:fs/promises";
import path from "node:path";

const DOCS = path.join(process.cwd(), "docs");

/** The guides people read in the app, by the name in the address; the files are in docs/. */
const GUIDES = {
  "email-polling": {
    file: "guides/EMAIL_POLLING_SETUP_GUIDE.md",
    about: "Connect a support address and turn its mail into tickets.",
  },
  "email-setup": {
    file: "guides/EMAIL_SETUP_GUIDE.md",
    about: "What each field means, and what Google, Microsoft and others accept.",
  },
  "gmail-app-password": {
    file: "guides/GMAIL_APP_PASSWORD_FIX.md",
    about: "The password Google wants here, and where to click for it.",
  },
  "sign-in-apps": {
    file: "guides/SIGN_IN_APPS_GUIDE.md",
    about: "Register an app at Microsoft or Google once, and connect mailboxes by signing in.",
  },
  "email-troubleshooting": {
    file: "troubleshooting/EMAIL_ACCOUNT_TROUBLESHOOTING.md",
    about: "What the Email Accounts page says when something is wrong, and what to do.",
  },
} as const;

export type GuideSlug = keyof typeof GUIDES;

export type Guide = {
  slug: GuideSlug;
  title: string;
  about: string;
  /** Markdown without the title. */
  text: string;
  /** Its second-level headings, in order. */
  sections: { title: string; id: string }[];
};

export const GUIDE_SLUGS: readonly GuideSlug[] = [
  "email-polling",
  "email-setup",
  "gmail-app-password",
  "sign-in-apps",
  "email-troubleshooting",
];

/** @returns the slug when there is such a guide: nothing else of an address reaches the file system. */
export function findGuideSlug(text: string): GuideSlug | null {
  return GUIDE_SLUGS.find((slug) => slug === text) ?? null;
}

/** Where a guide's file is, below docs/. */
export function guideFile(slug: GuideSlug): string {
  return GUIDES[slug].file;
}

/** Reads a guide. @throws when its file is missing or has no title: the installation is broken. */
export async function readGuide(slug: GuideSlug): Promise<Guide> {
  const { file, about } = GUIDES[slug];
  const whole = await readFile(path.join(DOCS, file), "utf8");
  const title = /^# (.+)$/m.exec(whole)?.[1];
  if (!title) throw new Error(`docs/${file} has no title`);
  const text = whole.slice(whole.indexOf(title) + title.length).trim();
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => ({
    title: heading.replaceAll("`", ""),
    id: headingId(heading),
  }));
  return { slug, title, about, text, sections };
}

/** The id that GitHub, and rehype-slug, give a heading; ours have no two alike in one guide. */
export function headingId(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/**
 * Where a link in a guide leads: another guide, a picture, or null for anything else. Guides link to
 * each other by file name, so that the same links work where the files are read.
 */
export function guideLink(
  url: string,
): { slug: GuideSlug; hash: string } | { picture: string } | null {
  const [file = "", hash = ""] = url.split("#");
  const picture = /(?:^|\/)screenshots\/([a-z-]+\.png)$/.exec(file)?.[1];
  if (picture) return { picture };
  const name = path.posix.basename(file);
  const slug = GUIDE_SLUGS.find((one) => path.posix.basename(GUIDES[one].file) === name);
  return slug && file.endsWith(".md") ? { slug, hash } : null;
}

/** A picture that a guide shows, by its file name; null for every other name. */
export async function readGuidePicture(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const known = (await Promise.all(GUIDE_SLUGS.map(readGuide))).flatMap(({ text }) =>
    picturesIn(text),
  );
  const picture = known.find((one) => one === name);
  if (!picture) return null;
  return new Uint8Array(await readFile(path.join(DOCS, "screenshots", picture)));
}

/** The file names of the pictures in a guide's text. */
export function picturesIn(text: string): string[] {
  return [...text.matchAll(/!\[[^\]]*\]\(([^)\s]+)\)/g)].flatMap(([, url = ""]) => {
    const link = guideLink(url);
    return link && "picture" in link ? [link.picture] : [];
  });
}
