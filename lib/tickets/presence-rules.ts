/** How often an open page says that it is open, in milliseconds. */
export const BEAT_MS = 15_000;
/** How long after the last word of their page somebody still counts as being there. */
export const PRESENT_MS = 45_000;

/** "stopped" ends a "replying" before its time; "left" ends all of it. */
export const PRESENCE_STATES = ["viewing", "replying", "stopped", "left"] as const;
export type PresenceState = (typeof PRESENCE_STATES)[number];

export type Present = {
  userId: string;
  name: string;
  isReplying: boolean;
  /** For how many milliseconds this holds, unless their page says so again. */
  goodForMs: number;
};
