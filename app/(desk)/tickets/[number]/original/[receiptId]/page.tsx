import { Download } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Disclosure } from "@/app/ui/disclosure";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import { AppError } from "@/lib/errors";
import { getOriginal } from "@/lib/tickets/original";
import { sizeText } from "../../size-text";
import { ticketNumberOf } from "../../ticket-number";

export const metadata: Metadata = { title: "Original email" };

type Props = { params: Promise<{ number: string; receiptId: string }> };

export default async function OriginalPage({ params }: Props) {
  const agent = await requireAgent();
  const { number: text, receiptId } = await params;
  const number = ticketNumberOf(text);
  const original = await getOriginal(agent, number, receiptId).catch((error: unknown) => {
    if (error instanceof AppError) notFound();
    throw error;
  });
  const { receipt, headers, source, size, isCut } = original;
  return (
    <>
      <PageHeader
        title="Original email"
        meta={`#${number}`}
        back={{ href: paths.ticket(number), label: `Back to #${number}` }}
      >
        <LinkButton href={paths.ticket(number)} className="max-md:hidden">
          Back to #{number}
        </LinkButton>
        {/* A download, not a page: the router must not fetch it. */}
        <a
          href={paths.rawMail(receiptId)}
          download
          className="inline-flex min-h-8 items-center gap-1.5 rounded-control border border-accent bg-accent px-3 text-sm font-semibold text-on-accent no-underline hover:bg-accent-hover max-md:min-h-11"
        >
          <Download aria-hidden className="icon" />
          Download .eml
        </a>
      </PageHeader>
      <div className="gutter space-y-5 py-5">
        <dl className="grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1 [&>dd]:wrap-anywhere [&>dt]:text-ink-3">
          <dt>Subject</dt>
          <dd dir="auto">{receipt.message.subject || "(no subject)"}</dd>
          <dt>Fetched</dt>
          <dd>
            <RelativeTime date={receipt.receivedAt} /> from {receipt.folder} of{" "}
            {receipt.account?.email ?? "a deleted account"}
          </dd>
          <dt>Size</dt>
          <dd>{sizeText(receipt.size)}</dd>
          <dt>Outcome</dt>
          <dd>
            {receipt.status}
            {receipt.reason && `: ${receipt.reason}`}
          </dd>
          <dt>Sender check</dt>
          <dd>{checkText(receipt.message.authentication)}</dd>
        </dl>
        <section>
          <h2 className="mb-2 text-section font-semibold">Headers</h2>
          <div className="overflow-x-auto">
            <table className="w-full border-collapse text-left">
              <caption className="sr-only">Header fields, as they stand in the mail</caption>
              <thead className="sr-only">
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Value</th>
                </tr>
              </thead>
              <tbody>
                {headers.map((header, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the fields of a mail never move
                  <tr key={`${index}-${header.name}`} className="border-t border-rule">
                    <th
                      scope="row"
                      className="w-[220px] py-1.5 pr-4 align-top font-mono text-xs font-semibold text-ink-2 max-md:w-[120px]"
                    >
                      {header.name}
                    </th>
                    <td className="py-1.5 align-top font-mono text-xs wrap-anywhere">
                      <bdi>{header.value}</bdi>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
        <section>
          <h2 className="mb-2 text-section font-semibold">Source</h2>
          <Disclosure
            label={
              isCut ? `Show the first 256 KB of ${sizeText(size)}` : `Show all ${sizeText(size)}`
            }
          >
            <pre className="overflow-x-auto rounded-panel border border-rule bg-sunk p-4 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
              {source}
            </pre>
          </Disclosure>
        </section>
      </div>
    </>
  );
}

function checkText(
  found: {
    spf: string | null;
    dkim: string | null;
    dmarc: string | null;
    server: string | null;
  } | null,
): string {
  if (!found) return "not done by the receiving server";
  const { spf, dkim, dmarc, server } = found;
  const results = [
    `SPF ${spf ?? "not checked"}`,
    `DKIM ${dkim ?? "not checked"}`,
    `DMARC ${dmarc ?? "not checked"}`,
  ];
  return results.join(", ") + (server ? `, says ${server}` : "");
}
