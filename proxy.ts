import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { env } from "./lib/env";

const isDevelopment = process.env.NODE_ENV === "development";

/** What a page may load: our own files, and inline code only with this answer's nonce. */
function contentSecurityPolicy(nonce: string): string {
  const script = ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'"];
  const style = ["'self'", `'nonce-${nonce}'`];
  const connect = ["'self'"];
  if (isDevelopment) {
    // React evaluates code to show stacks, and the development server pushes changes.
    script.push("'unsafe-eval'");
    connect.push("ws:");
  }
  return [
    "default-src 'self'",
    `script-src ${script.join(" ")}`,
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src ${style.join(" ")}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect.join(" ")}`,
    "frame-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
}

/** Headers of every page. Sessions and roles are checked in each page, action and route instead. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  headers.set("x-mailroom-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("X-Content-Type-Options", "nosniff");
  // Not "no-referrer": with that a form sent before JavaScript runs says `Origin: null`, and its
  // action is refused as if it came from another site. Other hosts learn nothing this way either.
  response.headers.set("Referrer-Policy", "same-origin");
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set(
    "Permissions-Policy",
    "camera=(), microphone=(), geolocation=(), payment=()",
  );
  if (env().APP_URL.startsWith("https:"))
    response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

export const config = {
  matcher: [
    // Built files need no policy; messages, attachments, raw mail and the way back from a provider set
    // stricter ones of their own.
    // Uploads may not come here: Next would keep a copy of the first 10 MB, and cut off the rest.
    "/((?!_next/static/|api/messages/|api/attachments/|api/raw/|api/oauth/|api/uploads).*)",
  ],
};
