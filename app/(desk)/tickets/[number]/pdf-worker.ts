// Reads PDF files aside from the page: what a stranger's file does to it ends with it.
import "pdfjs-dist/legacy/build/pdf.worker.mjs";
