"use client";

import { useEffect, useRef } from "react";

const HEIGHT_MAX = 20_000;

/**
 * A mail's HTML in a frame that runs no script. The frame's document is of our own origin, so this
 * page can measure it; before JavaScript the frame scrolls.
 */
export function MailFrame({ src, title }: { src: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let observer: ResizeObserver | undefined;
    const resize = () => {
      observer?.disconnect();
      const body = element.contentDocument?.body;
      if (!body) return;
      const measure = () => {
        const height = Math.ceil(body.getBoundingClientRect().height);
        element.height = String(Math.min(Math.max(height, 24), HEIGHT_MAX));
      };
      observer = new ResizeObserver(measure);
      observer.observe(body);
      measure();
    };
    element.addEventListener("load", resize);
    // It may have loaded before this ran.
    if (element.contentDocument?.readyState === "complete") resize();
    return () => {
      element.removeEventListener("load", resize);
      observer?.disconnect();
    };
  }, []);
  return (
    <div className="-ml-3 mt-1.5 rounded-badge bg-white px-3 py-2 scheme-light max-md:-mr-3">
      <iframe
        ref={frame}
        src={src}
        title={title}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        loading="lazy"
        height={240}
        className="block w-full border-0 bg-white"
      />
    </div>
  );
}
