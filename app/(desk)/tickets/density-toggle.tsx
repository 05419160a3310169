import { Rows3, Rows4 } from "lucide-react";
import type { Density } from "@/app/density";
import { setDensity } from "@/app/session-actions";
import { Button } from "@/app/ui/button";
import { listWords } from "@/app/words/list";
import { wordsOf } from "@/app/words/page-language";

/** Lower rows without text, or the higher ones again. Works before JavaScript. */
export async function DensityToggle({ density }: { density: Density }) {
  const words = await wordsOf(listWords);
  const isCompact = density === "compact";
  const Icon = isCompact ? Rows4 : Rows3;
  return (
    <form action={setDensity}>
      <input type="hidden" name="density" value={isCompact ? "comfortable" : "compact"} />
      <Button
        type="submit"
        variant="quiet"
        size="icon"
        aria-label={words.compactRows}
        aria-pressed={isCompact}
        title={isCompact ? words.rowsWithText : words.compactRows}
        icon={<Icon aria-hidden className="icon" />}
      />
    </form>
  );
}
