"use client";

import { useSyncExternalStore } from "react";
import { Button } from "@/app/ui/button";
import {
  desktopSetting,
  followDesktopSetting,
  noDesktopSetting,
  setDesktop,
} from "@/app/ui/desktop-setting";

/** Turns desktop notifications on or off in this browser, or says why it can't. */
export function DesktopSwitch() {
  const setting = useSyncExternalStore(followDesktopSetting, desktopSetting, noDesktopSetting);
  if (setting === null) return <noscript>They need JavaScript.</noscript>;
  if (setting === "unavailable")
    return <p>This browser has none for this address: they need HTTPS.</p>;
  if (setting === "blocked")
    return <p>This browser blocks them. Allow notifications in its settings for this site.</p>;
  const isOn = setting === "on";
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button onClick={() => setDesktop(!isOn)}>{isOn ? "Turn off" : "Turn on"}</Button>
      <p role="status" className="text-sm text-ink-2">
        {isOn ? "On in this browser." : "Off in this browser."}
      </p>
    </div>
  );
}
