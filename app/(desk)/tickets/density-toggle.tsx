import { Rows3, Rows4 } from "lucide-react";
import type { Density } from "@/app/density";
import { setDensity } from "@/app/session-actions";
import { Button } from "@/app/ui/button";

/** Lower rows without text, or the higher ones again. Works before JavaScript. */
export function DensityToggle({ density }: { density: Density }) {
  const isCompact = density === "compact";
  const Icon = isCompact ? Rows4 : Rows3;
  return (
    <form action={setDensity}>
      <input type="hidden" name="density" value={isCompact ? "comfortable" : "compact"} />
      <Button
        type="submit"
        variant="quiet"
        size="icon"
        aria-label="Compact rows"
        aria-pressed={isCompact}
        title={isCompact ? "Rows with a line of text" : "Compact rows"}
        icon={<Icon aria-hidden className="icon" />}
      />
    </form>
  );
}
