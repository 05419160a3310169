import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import "./globals.css";
import { themeOf } from "./theme";
import { type Toast, Toaster } from "./ui/toaster";
import { isLanguage } from "./words/dictionary";
import { LanguageProvider } from "./words/language-context";
import { languageOf } from "./words/page-language";
import { uiWords } from "./words/ui";

export const metadata: Metadata = {
  title: { default: "Mailroom", template: "%s · Mailroom" },
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f5f5f2" },
    { media: "(prefers-color-scheme: dark)", color: "#14171a" },
  ],
};

/** Reading cookies here makes every page dynamic, as nonces demand. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const [theme, language] = await Promise.all([themeOf(), languageOf()]);
  const toast = toastOf((await cookies()).get("toast")?.value);
  return (
    <html lang={language} data-theme={theme === "system" ? undefined : theme}>
      <body>
        <a
          href="#main"
          className="sr-only z-40 rounded-control bg-float px-3 py-2 font-semibold text-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          {uiWords[language].skip}
        </a>
        <LanguageProvider language={language}>
          {children}
          <Toaster first={toast} />
        </LanguageProvider>
      </body>
    </html>
  );
}

function toastOf(value: string | undefined): Toast | null {
  if (!value) return null;
  try {
    const { id, text, undo, lang } = JSON.parse(value);
    if (typeof id !== "string" || typeof text !== "string") return null;
    const toast = { id, text, lang: isLanguage(lang) ? lang : undefined };
    return typeof undo === "string" ? { ...toast, undo } : toast;
  } catch {
    return null;
  }
}
