import { Check } from "lucide-react";
import { setLanguage } from "@/app/session-actions";
import { Button } from "@/app/ui/button";
import { LANGUAGES, type Language } from "@/app/words/dictionary";
import { languageOf } from "@/app/words/page-language";

/** For those who can't read the language that is set now. */
const NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

/** The language of this browser. Works before JavaScript. */
export async function LanguageChoice({ label }: { label: string }) {
  const chosen = await languageOf();
  return (
    <form action={setLanguage} aria-label={label} className="flex flex-wrap gap-2">
      {LANGUAGES.map((language) => (
        <Button
          key={language}
          type="submit"
          name="language"
          value={language}
          lang={language}
          aria-pressed={language === chosen}
          icon={language === chosen && <Check aria-hidden className="icon" />}
          className="aria-pressed:bg-selected"
        >
          {NAMES[language]}
        </Button>
      ))}
    </form>
  );
}
