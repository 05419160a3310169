import { answerSignedIn, notFoundResponse } from "@/app/api/attachments/file-response";
import { dayIn, parseReportQuery } from "@/lib/reports/range";
import { deskZone } from "@/lib/reports/report";
import { CSV_KINDS, reportCsv } from "@/lib/reports/report-csv";

type Context = { params: Promise<{ kind: string }> };

/** A report as a CSV download for agents, by the same address as its page. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const wanted = (await params).kind;
  const kind = CSV_KINDS.find((each) => each === wanted);
  return answerSignedIn(async (viewer) => {
    if (!kind) return notFoundResponse();
    const zone = await deskZone();
    const asked = Object.fromEntries(new URL(request.url).searchParams);
    const { query } = parseReportQuery(asked, dayIn(zone, new Date()));
    const lines = reportCsv(viewer, kind, { query, zone });
    return new Response(streamOf(lines), {
      headers: {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="${kind}-${query.from}-${query.until}.csv"`,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
      },
    });
  });
}

/** Asks for a piece when the last one has left; ends the reading when the download is broken off. */
function streamOf(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
