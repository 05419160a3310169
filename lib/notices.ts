import { listen, type Notice } from "./db/listen";

type Follower = (notice: Notice) => void;

type Hub = {
  followers: Set<Follower>;
  stop: (() => Promise<void>) | undefined;
  idle: NodeJS.Timeout | undefined;
};

/** The connection outlives its last follower this long: pages come and go with every click. */
const IDLE_MS = 30_000;

const shared = globalThis as { mailroomNotices?: Hub };

/**
 * Calls `follower` for every notice. One LISTEN connection per process serves all followers, and is
 * closed a while after the last one left.
 * @returns how to stop following.
 */
export function followNotices(follower: Follower): () => void {
  shared.mailroomNotices ??= { followers: new Set(), stop: undefined, idle: undefined };
  const hub = shared.mailroomNotices;
  hub.followers.add(follower);
  clearTimeout(hub.idle);
  hub.stop ??= listen((notice) => {
    for (const each of hub.followers) each(notice);
  });
  return () => {
    if (!hub.followers.delete(follower) || hub.followers.size > 0) return;
    hub.idle = setTimeout(() => {
      if (hub.followers.size > 0) return;
      hub.stop?.();
      hub.stop = undefined;
    }, IDLE_MS).unref();
  };
}
