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
    const answer = await fetch(paths.ownNews(since.current)).catch(() => null);
    if (!answer?.ok) return;
    const { moment, mails }: { moment: string; mails: MailNews[] } = await answer.json();
    since.current = moment;
    // Who is here sees it on the page.
    if (!document.hasFocus()) show(mails, words, (path) => router.push(path));
  }, [router, words]);
  useNotices(TOPICS, look, PACE);
  return null;
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
