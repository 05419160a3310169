"use client";

import { useEffect, useState } from "react";

/** When the next poll is due: known only to a clock that runs, so nothing before JavaScript. */
export function NextPoll({ at }: { at: string }) {
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    const tick = () => setSeconds(Math.round((Date.parse(at) - Date.now()) / 1000));
    tick();
    const timer = setInterval(tick, 5000);
    return () => clearInterval(timer);
  }, [at]);
  if (seconds === null) return null;
  if (seconds <= 0) return <span>Next: due now</span>;
  return <span>Next in {seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}</span>;
}
