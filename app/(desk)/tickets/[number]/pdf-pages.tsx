"use client";

import { ChevronLeft, ChevronRight, Download, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Modal } from "@/app/keys/modal";
import { paths } from "@/app/paths";
import { Button } from "@/app/ui/button";
import { openPdf, type PdfDocument, PdfUnreadable } from "./pdf-document";

const SCROLLED = "min-h-0 flex-1 overflow-auto bg-sunk p-3";

type Loaded = { document: PdfDocument } | { why: string } | null;

/** The pages of a PDF file, one at a time. */
export function PdfPages({
  id,
  filename,
  onClose,
}: {
  id: string;
  filename: string;
  onClose: () => void;
}) {
  const loaded = usePdf(id);
  const [page, setPage] = useState(1);
  const pages = loaded && "document" in loaded ? loaded.document.pages : 0;
  return (
    <Modal
      label={`Preview of ${filename}`}
      className="m-auto h-[96dvh] max-h-none w-[min(920px,98vw)] max-w-none"
      onClose={onClose}
    >
      {(close) => (
        <div className="flex h-full flex-col">
          <div className="flex flex-wrap items-center gap-2 border-b border-rule px-3 py-2">
            <h2 className="min-w-0 flex-1 text-sm font-semibold wrap-anywhere max-md:basis-full">
              <bdi>{filename}</bdi>
            </h2>
            {pages > 0 && <Turner page={page} pages={pages} onTurn={setPage} />}
            <a
              href={paths.attachment(id)}
              download
              aria-label={`Download ${filename}`}
              className="grid size-8 place-items-center rounded-control text-ink-2 hover:bg-hover hover:text-ink max-md:size-11"
            >
              <Download aria-hidden className="icon" />
            </a>
            <Button
              size="icon"
              variant="quiet"
              aria-label="Close the preview"
              onClick={close}
              icon={<X aria-hidden className="icon" />}
            />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <section aria-label="Page" tabIndex={0} className={SCROLLED}>
            {loaded === null && <p role="status">Loading…</p>}
            {loaded && "why" in loaded && (
              <p role="alert">This file cannot be shown. {loaded.why} It can be downloaded.</p>
            )}
            {loaded && "document" in loaded && (
              <Page key={page} document={loaded.document} number={page} />
            )}
          </section>
        </div>
      )}
    </Modal>
  );
}

function usePdf(id: string): Loaded {
  const [loaded, setLoaded] = useState<Loaded>(null);
  useEffect(() => {
    const closing = new AbortController();
    openPdf(paths.attachment(id), closing.signal).then(
      (document) => {
        if (!closing.signal.aborted) setLoaded({ document });
      },
      (error) => {
        if (closing.signal.aborted) return;
        const why = error instanceof PdfUnreadable ? error.message : "It could not be loaded.";
        setLoaded({ why });
      },
    );
    return () => closing.abort();
  }, [id]);
  return loaded;
}

function Turner({
  page,
  pages,
  onTurn,
}: {
  page: number;
  pages: number;
  onTurn: (page: number) => void;
}) {
  return (
    <>
      <Button
        size="icon"
        aria-label="Page before"
        disabled={page === 1}
        onClick={() => onTurn(page - 1)}
        icon={<ChevronLeft aria-hidden className="icon" />}
      />
      <span aria-live="polite" className="text-sm whitespace-nowrap text-ink-2 tabular-nums">
        Page {page} of {pages}
      </span>
      <Button
        size="icon"
        aria-label="Next page"
        disabled={page === pages}
        onClick={() => onTurn(page + 1)}
        icon={<ChevronRight aria-hidden className="icon" />}
      />
    </>
  );
}

/** A page as a picture, with its words for those who cannot see it. */
function Page({ document, number }: { document: PdfDocument; number: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [words, setWords] = useState<string | null>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const { current } = canvas;
    if (!current) return;
    const leaving = new AbortController();
    const width = current.parentElement?.clientWidth ?? current.clientWidth;
    document.draw(number, current, width, leaving.signal).then(setWords, () => {
      if (!leaving.signal.aborted) setBroken(true);
    });
    return () => leaving.abort();
  }, [document, number]);
  return (
    <>
      {isBroken && <p role="alert">This page cannot be shown. The file can be downloaded.</p>}
      <canvas
        ref={canvas}
        role="img"
        aria-label={words === null ? `Page ${number}, loading` : `Page ${number}: ${words}`}
        className="mx-auto block h-auto w-full bg-white shadow-float"
      />
    </>
  );
}
