/** It has no types, and nothing is taken from it. */
declare module "pdfjs-dist/legacy/build/pdf.worker.mjs";
