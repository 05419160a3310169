import "server-only";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { type Dictionary, isLanguage, type Language } from "./dictionary";
import { isTranslated } from "./translated";

/** The language this browser asked for; English until it asks. */
export const languageOf = cache(async (): Promise<Language> => {
  const value = (await cookies()).get("language")?.value;
  return isLanguage(value) ? value : "en";
});

/** The language of the page that is asked for, or that an action was sent from. */
export const pageLanguage = cache(async (): Promise<Language> => {
  const [path = ""] = (await headers()).get("x-mailroom-path")?.split("?") ?? [];
  return isTranslated(path) ? languageOf() : "en";
});

/** The words of a page, on the server. Its client components have useWords(). */
export async function wordsOf<Words>(dictionary: Dictionary<Words>): Promise<Words> {
  return dictionary[await pageLanguage()];
}
