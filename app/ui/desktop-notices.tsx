"use client";

import { useRouter } from "next/navigation";
import { useCallback, useRef, useSyncExternalStore } from "react";
import type { MailNews } from "@/lib/tickets/news";
import { paths } from "../paths";
import type { WordsIn } from "../words/dictionary";
import { useWords } from "../words/language-context";
import { newsWords } from "../words/news";
import { desktopSetting, followDesktopSetting, noDesktopSetting } from "./desktop-setting";
import { type LiveTopic, useNotices } from "./live";

const TOPICS: LiveTopic[] = ["ticket"];
const PACE = { everyMs: 2_000, hiddenEveryMs: 2_000 };

/** A moment begins with its milliseconds, and is one of the last minutes. */
const MOMENT_KEY = "mailroom-told-until";
const MOMENT_MS_MAX = 10 * 60_000;

/** More than this at once are told together. */
const APART_MAX = 3;

/** Shows desktop notifications where they are turned on: see the profile page. */
export function DesktopNotices() {
  const setting = useSyncExternalStore(followDesktopSetting, desktopSetting, noDesktopSetting);
  return setting === "on" ? <Following /> : null;
}

function Following() {
  const router = useRouter();
  const words = useWords(newsWords);
  const since = useRef<string | undefined>(undefined);
  const look = useCallback(async () => {
    since.current ??= toldUntil();
    const answer = await fetch(paths.ownNews(since.current)).catch(() => null);
    if (!answer?.ok) return;
    const { moment, mails }: { moment: string; mails: MailNews[] } = await answer.json();
    since.current = moment;
    sessionStorage.setItem(MOMENT_KEY, moment);
    // Who is here sees it on the page.
    if (!document.hasFocus()) show(mails, words, (path) => router.push(path));
  }, [router, words]);
  useNotices(TOPICS, look, PACE);
  return null;
}

/**
 * Up to when the page before this one in the tab has told its mails: what came while this one was
 * being loaded is news. After a long sleep nobody wants all of it.
 */
function toldUntil(): string | undefined {
  const moment = sessionStorage.getItem(MOMENT_KEY) ?? "";
  return Date.now() - Number(moment.slice(0, 13)) < MOMENT_MS_MAX ? moment : undefined;
}

type Words = WordsIn<typeof newsWords>;

/** A tag is shown once, whichever tab says it. */
function show(mails: MailNews[], words: Words, open: (path: string) => void): void {
  if (mails.length > APART_MAX) {
    const body = mails.map(({ subject }) => subject).join("\n");
    notify(words.newMails(mails.length), { body, tag: "mailroom" }, () => open(paths.tickets()));
    return;
  }
  for (const { number, subject, requester, isNew } of mails)
    notify(
      isNew ? words.newTicket(number) : words.newReply(number),
      { body: requester ? `${requester}\n${subject}` : subject, tag: `mailroom-${number}` },
      () => open(paths.ticket(number)),
    );
}

function notify(title: string, options: NotificationOptions, onClick: () => void): void {
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      onClick();
      notification.close();
    };
  } catch {
    // Chrome on Android has the interface and lets only service workers use it.
  }
}
