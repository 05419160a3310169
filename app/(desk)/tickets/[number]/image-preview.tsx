"use client";

import { useEffect, useRef, useState } from "react";
import { paths } from "@/app/paths";

/**
 * An attached image in small, which opens in a tab of its own. The route shows only what really is an
 * image, whatever its sender calls it; for all else there is nothing here but the file's name.
 */
export function ImagePreview({ id, filename }: { id: string; filename: string }) {
  const [isBroken, setBroken] = useState(false);
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    // It may have failed before this ran.
    const { current } = image;
    if (current?.complete && current.naturalWidth === 0 && current.currentSrc) setBroken(true);
  }, []);
  if (isBroken) return null;
  const address = paths.attachment(id, { inline: true });
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={`Open ${filename} in a new tab`}
      className="mb-1 grid h-[120px] w-[180px] max-w-full place-items-center overflow-hidden rounded-control border border-rule bg-sunk"
    >
      {/* biome-ignore lint/performance/noImgElement: strangers' images are never worked on here */}
      <img
        ref={image}
        src={address}
        alt=""
        loading="lazy"
        decoding="async"
        onError={() => setBroken(true)}
        className="max-h-full max-w-full object-contain"
      />
    </a>
  );
}
