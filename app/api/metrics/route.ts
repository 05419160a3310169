import { isMetricsToken, metricsText } from "@/lib/monitoring/metrics";

export const dynamic = "force-dynamic";

/** Prometheus text for whoever has METRICS_TOKEN; to anyone else there is nothing here. */
export async function GET(request: Request): Promise<Response> {
  if (!isMetricsToken(request.headers.get("authorization")))
    return new Response("Not found\n", { status: 404 });
  return new Response(await metricsText(), {
    headers: {
      "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      "Cache-Control": "no-store",
    },
  });
}
