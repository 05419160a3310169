const KEY = "mailroom-desktop-notices";

/** What this browser does about desktop notifications; null while the server renders. */
export type DesktopSetting = "unavailable" | "blocked" | "off" | "on" | null;

const listeners = new Set<() => void>();

/** Calls `listener` when the setting changes, also in another tab. */
export function followDesktopSetting(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** Browsers offer notifications over HTTPS and on localhost only. */
export function desktopSetting(): DesktopSetting {
  if (!("Notification" in window)) return "unavailable";
  if (Notification.permission === "denied") return "blocked";
  const isOn = Notification.permission === "granted" && localStorage.getItem(KEY) === "on";
  return isOn ? "on" : "off";
}

export const noDesktopSetting = (): DesktopSetting => null;

/** Turns them on or off in this browser. Call it in a click: on, it asks for permission. */
export async function setDesktop(isOn: boolean): Promise<void> {
  const isAllowed = isOn && (await Notification.requestPermission()) === "granted";
  localStorage.setItem(KEY, isAllowed ? "on" : "off");
  for (const each of listeners) each();
}
