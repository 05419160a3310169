import type { ReactNode } from "react";
import { countText } from "@/app/ui/count-text";

/** A part of a monitoring page below its heading. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-2">
      <h2 className="text-section font-semibold">{title}</h2>
      {children}
    </section>
  );
}

/** "40 s", "3 min", "2 h": how long something has gone on. */
export function ageText(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${countText(Math.round(minutes / 60))} h`;
}
