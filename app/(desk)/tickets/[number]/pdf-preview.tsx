"use client";

import { Eye } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { Button } from "@/app/ui/button";

const PdfPages = dynamic(() => import("./pdf-pages").then(({ PdfPages }) => PdfPages), {
  ssr: false,
});

/** Shows the pages of an attached PDF file on top of the page. What draws them is loaded then. */
export function PdfPreview({ id, filename }: { id: string; filename: string }) {
  const [isReady, setReady] = useState(false);
  const [isOpen, setOpen] = useState(false);
  // Before JavaScript there is the file itself.
  useEffect(() => setReady(true), []);
  if (!isReady) return null;
  return (
    <>
      <Button
        size="small"
        variant="quiet"
        icon={<Eye aria-hidden className="icon" />}
        aria-label={`Preview ${filename}`}
        onClick={() => setOpen(true)}
      >
        Preview
      </Button>
      {isOpen && <PdfPages id={id} filename={filename} onClose={() => setOpen(false)} />}
    </>
  );
}
