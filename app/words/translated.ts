import { paths } from "../paths";

const TRANSLATED: readonly string[] = [
  paths.login(),
  paths.tickets(),
  paths.views,
  paths.newView(),
  paths.profile,
];

/** Whether the page at a path, without its query, speaks every language; others speak English. */
export const isTranslated = (path: string) => TRANSLATED.includes(path);
