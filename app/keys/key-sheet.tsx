"use client";

import { X } from "lucide-react";
import Link from "next/link";
import { use } from "react";
import { paths } from "../paths";
import { Button } from "../ui/button";
import { fill } from "../words/fill";
import { keysWords } from "../words/keys";
import { useWords } from "../words/language-context";
import { type Command, KEY_GROUPS } from "./commands";
import { KeyCaps } from "./key-caps";
import { KeysContext, useIsMac } from "./key-hint";
import { Modal } from "./modal";

/** Every key there is, and where to turn the single ones off. */
export function KeySheet({
  commands,
  onClose,
}: {
  commands: readonly Command[];
  onClose: () => void;
}) {
  const isMac = useIsMac();
  const words = useWords(keysWords);
  const singleKeys = use(KeysContext)?.singleKeys ?? true;
  return (
    <Modal
      label={words.commands.keys}
      onClose={onClose}
      className="max-h-[calc(100dvh-32px)] w-[min(680px,calc(100vw-32px))]"
    >
      {(close) => (
        <>
          <div className="flex items-center gap-3 border-b border-rule py-2.5 pr-3 pl-5">
            <h2 className="grow text-section font-semibold">{words.commands.keys}</h2>
            <Button variant="quiet" size="icon" aria-label={words.close} onClick={close}>
              <X aria-hidden className="icon" />
            </Button>
          </div>
          <div className="gap-x-10 px-5 pt-1 pb-4 md:columns-2">
            {KEY_GROUPS.map((group) => (
              <Group
                key={group}
                heading={words.groups[group]}
                commands={commands.filter((command) => command.group === group)}
                isMac={isMac}
              />
            ))}
          </div>
          <p className="border-t border-rule px-5 py-3 text-sm text-ink-2">
            {fill(singleKeys ? words.notWhileTyping : words.areOff, {
              key: isMac ? "⌘ K" : `${words.control} K`,
              profile: (
                <Link href={paths.profile} onClick={close} className="link">
                  {words.yourProfile}
                </Link>
              ),
            })}
          </p>
        </>
      )}
    </Modal>
  );
}

function Group({
  heading,
  commands,
  isMac,
}: {
  heading: string;
  commands: Command[];
  isMac: boolean;
}) {
  const words = useWords(keysWords);
  const shown = commands.filter(({ keys, native = [] }) => keys.length + native.length > 0);
  return (
    <section className="break-inside-avoid pt-3">
      <h3 className="pb-1 text-xs font-semibold text-ink-3">{heading}</h3>
      <dl>
        {shown.map(({ id, keys, native = [] }) => (
          <div
            key={id}
            className="flex min-h-7 items-center justify-between gap-3 border-b border-rule py-1"
          >
            <dt className="text-sm">{words.commands[id]}</dt>
            <dd className="flex items-center gap-1.5">
              {[...keys, ...native].map((each, index) => (
                <span key={each} className="contents">
                  {index > 0 && <span className="text-xs text-ink-3">{words.or}</span>}
                  <KeyCaps keys={each} isMac={isMac} />
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
