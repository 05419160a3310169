import {
  getDocument,
  type PDFDocumentLoadingTask,
  type PDFDocumentProxy,
  PDFWorker,
  VerbosityLevel,
} from "pdfjs-dist/legacy/build/pdf.mjs";

/** Pixels of a page that is drawn, and of a picture in it: a page of A0 at full size has more. */
const PAGE_PIXELS_MAX = 8_000_000;
const IMAGE_PIXELS_MAX = 50_000_000;
const TEXT_MAX = 20_000;

/** A PDF file that is open; close it, its worker ends with it. */
export type PdfDocument = {
  pages: number;
  /**
   * Draws a page, counted from 1, as wide as `width` CSS pixels ask for.
   * @returns what it says in words, 20,000 characters at most.
   */
  draw(
    page: number,
    canvas: HTMLCanvasElement,
    width: number,
    signal: AbortSignal,
  ): Promise<string>;
};

/** Why a file cannot be shown, as a sentence. */
export class PdfUnreadable extends Error {}

/**
 * Loads and reads a PDF file of ours. Only its pages are drawn: scripts, forms' actions and links in it
 * are read by nobody. @throws PdfUnreadable; nothing when `signal` aborts, the promise is then left.
 */
export async function openPdf(address: string, signal: AbortSignal): Promise<PdfDocument> {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new PdfUnreadable("The file could not be loaded.");
  const data = new Uint8Array(await response.arrayBuffer());
  signal.throwIfAborted();
  const port = new Worker(new URL("./pdf-worker.ts", import.meta.url), { type: "module" });
  const worker = PDFWorker.create({ port });
  const loading = getDocument({
    ...{ data, worker, verbosity: VerbosityLevel.ERRORS },
    ...{ isEvalSupported: false, enableXfa: false, useWasm: false, useSystemFonts: true },
    maxImageSize: IMAGE_PIXELS_MAX,
  });
  signal.addEventListener("abort", () => {
    loading
      .destroy()
      .catch(() => undefined)
      .finally(() => port.terminate());
  });
  return documentOf(await loaded(loading, port));
}

async function loaded(loading: PDFDocumentLoadingTask, port: Worker): Promise<PDFDocumentProxy> {
  const isLost = new Promise<never>((_, reject) => {
    port.addEventListener("error", () => reject(new PdfUnreadable("What reads it did not load.")));
  });
  try {
    return await Promise.race([loading.promise, isLost]);
  } catch (error) {
    if (error instanceof PdfUnreadable) throw error;
    const name = error instanceof Error ? error.name : "";
    if (name === "PasswordException") throw new PdfUnreadable("It is locked with a password.");
    throw new PdfUnreadable("It is damaged, or no PDF file.");
  }
}

function documentOf(file: PDFDocumentProxy): PdfDocument {
  return {
    pages: file.numPages,
    async draw(number, canvas, width, signal) {
      const page = await file.getPage(number);
      signal.throwIfAborted();
      const plain = page.getViewport({ scale: 1 });
      const wanted = (width / plain.width) * window.devicePixelRatio;
      const most = Math.sqrt(PAGE_PIXELS_MAX / (plain.width * plain.height));
      const viewport = page.getViewport({ scale: Math.min(wanted, most) });
      canvas.width = Math.max(1, Math.floor(viewport.width));
      canvas.height = Math.max(1, Math.floor(viewport.height));
      const drawing = page.render({ canvas, viewport });
      signal.addEventListener("abort", () => drawing.cancel());
      await drawing.promise;
      const { items } = await page.getTextContent();
      const words = items.map((item) => ("str" in item ? item.str : "")).join(" ");
      page.cleanup();
      return words.slice(0, TEXT_MAX);
    },
  };
}
