import { paths } from "../paths";

type Topic = "ticket" | "account" | "outbound" | "inbound" | "poll" | "presence" | "alert";

/** A topic, or what of it is about one id: "presence:01234…". */
export type LiveTopic = Topic | `${Topic}:${string}`;

export type Follower = {
  topics: readonly LiveTopic[];
  /** Something of these topics changed; `isCertain` is false when it only may have, unheard. */
  onNotice: (isCertain: boolean) => void;
  /** Also while the tab is hidden. */
  whileHidden: boolean;
};

const followers = new Set<Follower>();
let source: EventSource | undefined;
let topics = "";
let isPlanned = false;
let letGo: (() => void) | undefined;
let keepsHidden = false;
let channel: BroadcastChannel | undefined;
let isStarted = false;

/**
 * Follows the server's notices. All followers of a page share one connection. A hidden tab holds one
 * only for those who want it, and of all hidden tabs of a browser one does, which passes on what it
 * hears: browsers open six connections to a host over HTTP/1.1.
 * @returns how to stop following.
 */
export function followLive(follower: Follower): () => void {
  if (!isStarted) start();
  followers.add(follower);
  plan();
  return () => {
    followers.delete(follower);
    plan();
  };
}

/** Components come and go together: the connection is opened once for all of them. */
function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  setTimeout(() => {
    isPlanned = false;
    connect();
  });
}

function connect(): void {
  const heard = listening();
  const wanted = [...new Set(heard.flatMap((follower) => follower.topics))].sort().join(",");
  if (document.hidden && wanted !== "") waitToKeep();
  else stopKeeping();
  if (wanted !== "") openChannel();
  const mayHold = wanted !== "" && (!document.hidden || keepsHidden);
  if (mayHold && source && topics === wanted) return;
  disconnect();
  if (!mayHold) return;
  topics = wanted;
  source = new EventSource(paths.events(wanted.split(",")));
  source.onmessage = ({ data }) => {
    const { topic, id } = JSON.parse(data);
    const heard = topic === "resync" ? topic : `${topic}:${id}`;
    channel?.postMessage(heard);
    tell(heard);
  };
  // What was said before is gone: between the page and its first connection, or while it was away.
  source.onopen = () => tell("resync");
}

function disconnect(): void {
  source?.close();
  source = undefined;
}

const listening = () => [...followers].filter((one) => one.whileHidden || !document.hidden);

function tell(heard: LiveTopic | "resync"): void {
  const [topic = ""] = heard.split(":");
  for (const one of listening())
    if (heard === "resync" || one.topics.some((each) => each === heard || each === topic))
      one.onNotice(heard !== "resync");
}

/** Asks to be the hidden tab that holds the connection. Browsers offer no locks over plain HTTP. */
function waitToKeep(): void {
  if (letGo || !navigator.locks) return;
  const waiting = new AbortController();
  const kept = new Promise<void>((resolve) => {
    letGo = () => {
      waiting.abort();
      resolve();
    };
  });
  const keep = () => {
    keepsHidden = true;
    connect();
    return kept;
  };
  navigator.locks.request("mailroom-live", { signal: waiting.signal }, keep).catch(() => undefined);
}

function stopKeeping(): void {
  letGo?.();
  letGo = undefined;
  keepsHidden = false;
}

function onVisibility(): void {
  const hadSource = source !== undefined;
  connect();
  // Those who heard nothing while it was hidden catch up; a new connection says so to all.
  if (hadSource && source && !document.hidden)
    for (const one of followers) if (!one.whileHidden) one.onNotice(false);
}

/** What another tab of this browser hears is heard here while there is no connection. */
function openChannel(): void {
  if (channel) return;
  channel = new BroadcastChannel("mailroom-live");
  channel.onmessage = ({ data }) => {
    if (!source) tell(data);
  };
}

function start(): void {
  isStarted = true;
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("pageshow", plan);
  // A page with open connections can't be kept for the way back.
  window.addEventListener("pagehide", () => {
    stopKeeping();
    disconnect();
    channel?.close();
    channel = undefined;
  });
}
