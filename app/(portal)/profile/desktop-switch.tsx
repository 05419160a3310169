"use client";

import { useSyncExternalStore } from "react";
import { Button } from "@/app/ui/button";
import {
  desktopSetting,
  followDesktopSetting,
  noDesktopSetting,
  setDesktop,
} from "@/app/ui/desktop-setting";
import { useWords } from "@/app/words/language-context";
import { profileWords } from "@/app/words/profile";

/** Turns desktop notifications on or off in this browser, or says why it can't. */
export function DesktopSwitch() {
  const words = useWords(profileWords);
  const setting = useSyncExternalStore(followDesktopSetting, desktopSetting, noDesktopSetting);
  if (setting === null) return <noscript>{words.desktopScript}</noscript>;
  if (setting === "unavailable") return <p>{words.desktopUnavailable}</p>;
  if (setting === "blocked") return <p>{words.desktopBlocked}</p>;
  const isOn = setting === "on";
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button onClick={() => setDesktop(!isOn)}>{isOn ? words.turnOff : words.turnOn}</Button>
      <p role="status" className="text-sm text-ink-2">
        {isOn ? words.isOn : words.isOff}
      </p>
    </div>
  );
}
