"use client";

import { createContext, type ReactNode, use } from "react";
import type { Dictionary, Language } from "./dictionary";

const LanguageContext = createContext<Language>("en");

/** Tells the client components below in which language they speak. */
export function LanguageProvider({
  language,
  children,
}: {
  language: Language;
  children: ReactNode;
}) {
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

export const useLanguage = (): Language => use(LanguageContext);

/** The words of a client component. Only the dictionaries a page uses are sent to the browser. */
export function useWords<Words>(dictionary: Dictionary<Words>): Words {
  return dictionary[useLanguage()];
}
