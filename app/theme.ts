import "server-only";
import { cookies } from "next/headers";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme === value);

/** The look this browser asked for; "system" until it asks. */
export async function themeOf(): Promise<Theme> {
  const value = (await cookies()).get("theme")?.value;
  return isTheme(value) ? value : "system";
}
