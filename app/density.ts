import "server-only";
import { cookies } from "next/headers";

/** Rows of 56 px with a line of the newest text, or of 40 px without. */
const DENSITIES = ["comfortable", "compact"] as const;
export type Density = (typeof DENSITIES)[number];

export const isDensity = (value: unknown): value is Density =>
  DENSITIES.some((density) => density === value);

/** How this browser shows the ticket list; comfortable until it asks for less. */
export async function densityOf(): Promise<Density> {
  const value = (await cookies()).get("density")?.value;
  return isDensity(value) ? value : "comfortable";
}
