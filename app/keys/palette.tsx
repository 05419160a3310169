"use client";

import { CommandGroup, CommandInput, CommandItem, CommandList, CommandRoot } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { keysWords } from "../words/keys";
import { useLanguage } from "../words/language-context";
import { paletteWords } from "../words/palette";
import type { Command } from "./commands";
import { KeyCaps } from "./key-caps";
import { useIsMac } from "./key-hint";
import { Modal } from "./modal";
import { type Entry, sectionsFor, sectionsNow } from "./palette-entries";

type Props = {
  commands: readonly Command[];
  onRun: (command: Command) => void;
  onClose: () => void;
};

/** Goes anywhere and does anything by typing a few letters of it. */
export function Palette({ commands, onRun, onClose }: Props) {
  const router = useRouter();
  const isMac = useIsMac();
  const language = useLanguage();
  const words = paletteWords[language];
  const label = keysWords[language].commands.palette;
  const doing = { run: onRun, goTo: (href: string) => router.push(href), language };
  // The page as it was when the palette opened: the focus is in here from then on.
  const [all] = useState(() => sectionsNow(commands, doing));
  const [typed, setTyped] = useState("");
  // Not autoFocus: React gives that before the dialog is open.
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <Modal
      label={label}
      onClose={onClose}
      className="mt-[12vh] w-[min(600px,calc(100vw-32px))] max-md:mt-2 max-md:w-[calc(100vw-16px)]"
    >
      {(close) => (
        <CommandRoot label={label} shouldFilter={false} loop vimBindings={false}>
          <div className="flex h-12 items-center gap-2.5 border-b border-rule px-3.5 text-ink-3">
            <Search aria-hidden className="icon" />
            <CommandInput
              ref={input}
              value={typed}
              onValueChange={setTyped}
              maxLength={200}
              placeholder={words.placeholder}
              className="h-full min-w-0 grow bg-transparent text-base text-ink outline-none max-md:text-lg"
            />
          </div>
          <CommandList
            label={words.commands}
            className="max-h-[min(420px,60vh)] scroll-py-8 overflow-y-auto overscroll-contain p-1.5"
          >
            {sectionsFor(typed, all, doing).map(({ heading, entries }) => (
              <CommandGroup
                key={heading}
                heading={heading}
                className="[&>[cmdk-group-heading]]:truncate [&>[cmdk-group-heading]]:px-2 [&>[cmdk-group-heading]]:pt-2 [&>[cmdk-group-heading]]:pb-1 [&>[cmdk-group-heading]]:text-xs [&>[cmdk-group-heading]]:font-semibold [&>[cmdk-group-heading]]:text-ink-3"
              >
                {entries.map((entry) => (
                  <EntryLine
                    key={entry.id}
                    entry={entry}
                    isMac={isMac}
                    onSelect={() => {
                      close();
                      entry.run();
                    }}
                  />
                ))}
              </CommandGroup>
            ))}
          </CommandList>
        </CommandRoot>
      )}
    </Modal>
  );
}

function EntryLine({
  entry: { id, words, Icon, keys },
  isMac,
  onSelect,
}: {
  entry: Entry;
  isMac: boolean;
  onSelect: () => void;
}) {
  return (
    <CommandItem
      value={id}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-control px-2 py-1 text-base text-ink data-[selected=true]:bg-selected max-md:min-h-11"
    >
      <Icon aria-hidden className="icon text-ink-3" />
      <span className="min-w-0 grow truncate">{words}</span>
      {keys && (
        <span className="max-md:hidden">
          <KeyCaps keys={keys} isMac={isMac} />
        </span>
      )}
    </CommandItem>
  );
}
