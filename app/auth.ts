import "server-only";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { NextAuthOptions } from "next-auth";
import { decode, encode } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import { cache } from "react";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { deriveKeys } from "@/lib/secrets";
import {
  endSession,
  findSession,
  SESSION_DAYS_MAX,
  type SignedIn,
  startSession,
} from "@/lib/sessions";
import { checkSignIn } from "@/lib/sign-in";
import { paths, safeCallback } from "./paths";

export type { SignedIn } from "@/lib/sessions";

const MAX_AGE_SECONDS = SESSION_DAYS_MAX * 86_400;
const isHttps = () => env().APP_URL.startsWith("https:");
/** `__Host-`: no other host of the same domain can plant one (RFC 6265bis §4.1.3.2). */
const cookieName = () => `${isHttps() ? "__Host-" : ""}next-auth.session-token`;
const cookieOptions = () =>
  ({ httpOnly: true, sameSite: "lax", secure: isHttps(), path: "/" }) as const;

/** next-auth's secrets, newest first: one per key of APP_SECRET. */
function secrets(): string[] {
  const keys = deriveKeys(env().APP_SECRET, "next-auth");
  if (keys.length === 0) throw new AppError("unavailable", "APP_SECRET is not set.");
  return keys.map((key) => key.toString("hex"));
}

const currentSecret = () => secrets()[0] ?? "";

/** Who is asking: for limits on tries, and for the list of sessions. */
export async function clientOf(): Promise<{ ip: string; userAgent: string | null }> {
  const list = await headers();
  // The last entry is the one our own server or the nearest proxy wrote.
  const ip = list.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  return { ip: ip || "unknown", userAgent: list.get("user-agent") };
}

/**
 * next-auth: sign-in by email and password, JWT only, and the JWT carries nothing but the id of a
 * Session row, so that a session can be ended from the server.
 */
export function authOptions(): NextAuthOptions {
  return {
    secret: currentSecret(),
    session: { strategy: "jwt", maxAge: MAX_AGE_SECONDS },
    useSecureCookies: isHttps(),
    cookies: { sessionToken: { name: cookieName(), options: cookieOptions() } },
    pages: { signIn: paths.login(), error: paths.login(), signOut: paths.home },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(credentials) {
          const client = await clientOf();
          const result = await checkSignIn({
            email: credentials?.email ?? "",
            password: credentials?.password ?? "",
            ip: client.ip,
          });
          if (!result.ok) return null;
          return { id: await startSession(result.userId, client.userAgent) };
        },
      }),
    ],
    callbacks: {
      // `user` is there only at sign-in, and its id is the session row's.
      jwt: ({ token, user }) => (user ? { sid: user.id } : { sid: token.sid }),
      async session({ session, token }) {
        const user = typeof token.sid === "string" ? await findSession(token.sid) : null;
        if (!user) return { expires: new Date(0).toISOString() };
        const { name, email } = user;
        return { expires: session.expires, user: { name, email, role: user.role } };
      },
      redirect: ({ url }) =>
        new URL(safeCallback(url, env().APP_URL, paths.home), env().APP_URL).href,
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === "string") await endSession(token.sid);
      },
    },
  };
}

/** Starts a session for a user whose password (or set-up token) has been checked, and sets the cookie. */
export async function signInAs(userId: string): Promise<void> {
  const { userAgent } = await clientOf();
  const sid = await startSession(userId, userAgent);
  const value = await encode({
    token: { sid },
    secret: currentSecret(),
    maxAge: MAX_AGE_SECONDS,
  });
  const jar = await cookies();
  jar.set(cookieName(), value, { ...cookieOptions(), maxAge: MAX_AGE_SECONDS });
}

/** Forgets the cookie. The session row is ended by the caller. */
export async function dropSessionCookie(): Promise<void> {
  const jar = await cookies();
  jar.set(cookieName(), "", { ...cookieOptions(), maxAge: 0 });
}

/**
 * The signed-in user, or null. The cookie is opened, then the session row and the user are looked up
 * once per request: an ended session or a deactivated user is out with the next click.
 */
export const currentUser = cache(async (): Promise<SignedIn | null> => {
  const token = (await cookies()).get(cookieName())?.value;
  if (!token) return null;
  const sessionId = await sessionIdOf(token);
  return sessionId === null ? null : findSession(sessionId);
});

async function sessionIdOf(token: string): Promise<string | null> {
  for (const secret of secrets()) {
    const opened = await decode({ token, secret }).catch(() => null);
    if (typeof opened?.sid === "string") return opened.sid;
  }
  return null;
}

/** For pages and actions of anyone with an account; others are sent to sign in. */
export async function requireUser(): Promise<SignedIn> {
  const user = await currentUser();
  if (user) return user;
  const from = (await headers()).get("x-mailroom-path") ?? undefined;
  redirect(paths.login({ callbackUrl: from === paths.home ? undefined : from }));
}

/** For the desk: admins and agents. To anyone else the page does not exist. */
export async function requireAgent(): Promise<SignedIn> {
  const user = await requireUser();
  if (user.role !== "ADMIN" && user.role !== "AGENT") notFound();
  return user;
}

/** For the Admin Portal. To anyone else the page does not exist. */
export async function requireAdmin(): Promise<SignedIn> {
  const user = await requireUser();
  if (user.role !== "ADMIN") notFound();
  return user;
}

/** Where a role's own work is. */
export function homeOf(role: SignedIn["role"]): string {
  return role === "CUSTOMER" ? paths.my : paths.tickets();
}
