"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { LanguageProvider, useLanguage } from "../words/language-context";
import { isTranslated } from "../words/translated";

/** What a page is about. One that is not translated yet is in English, and says so to screen readers. */
export function Main({ className, children }: { className: string; children: ReactNode }) {
  const wanted = useLanguage();
  const language = isTranslated(usePathname()) ? wanted : "en";
  return (
    <LanguageProvider language={language}>
      <main
        id="main"
        tabIndex={-1}
        lang={language === wanted ? undefined : language}
        className={className}
      >
        {children}
      </main>
    </LanguageProvider>
  );
}
