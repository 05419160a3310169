"use server";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { env } from "@/lib/env";
import { endAllSessions, endSession } from "@/lib/sessions";
import { currentUser, dropSessionCookie } from "./auth";
import { isDensity } from "./density";
import { paths } from "./paths";
import { isTheme } from "./theme";
import { isLanguage } from "./words/dictionary";

const YEAR_SECONDS = 365 * 86_400;

/** Light, dark or as the system has it: kept in this browser, signed in or not. */
export async function setTheme(form: FormData): Promise<void> {
  const theme = form.get("theme");
  if (isTheme(theme)) await keepInBrowser("theme", theme);
}

/** The language of the interface: kept in this browser, signed in or not. */
export async function setLanguage(form: FormData): Promise<void> {
  const language = form.get("language");
  if (isLanguage(language)) await keepInBrowser("language", language);
}

/** How high the rows of the ticket list are: kept in this browser. */
export async function setDensity(form: FormData): Promise<void> {
  const density = form.get("density");
  if (isDensity(density)) await keepInBrowser("density", density);
}

async function keepInBrowser(name: string, value: string): Promise<void> {
  const jar = await cookies();
  jar.set(name, value, {
    path: "/",
    maxAge: YEAR_SECONDS,
    sameSite: "lax",
    httpOnly: true,
    secure: env().APP_URL.startsWith("https:"),
  });
}

export async function signOut(): Promise<void> {
  const user = await currentUser();
  if (user) await endSession(user.sessionId);
  await dropSessionCookie();
  redirect(paths.login());
}

/** Ends every session of this user, this one with them. */
export async function signOutEverywhere(): Promise<void> {
  const user = await currentUser();
  if (user) await endAllSessions(user.id);
  await dropSessionCookie();
  redirect(paths.login());
}
