import { readiness } from "@/lib/health";

export const dynamic = "force-dynamic";

/** 200 when database, migrations and worker are all well, else 503; the body says which is not. */
export async function GET(): Promise<Response> {
  const state = await readiness();
  return Response.json(state, {
    status: state.status === "ready" ? 200 : 503,
    headers: { "Cache-Control": "no-store" },
  });
}
