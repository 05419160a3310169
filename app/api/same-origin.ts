import "server-only";

/**
 * Whether one of our own pages asks, as server actions demand it too: browsers name the origin of
 * everything but GET, and the session's cookie alone says nothing about who wrote the request.
 */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (!origin || !URL.canParse(origin)) return false;
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  return new URL(origin).host === host;
}
