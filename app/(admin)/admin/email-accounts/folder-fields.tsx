"use client";

import { useRef, useState, useTransition } from "react";
import { Button } from "@/app/ui/button";
import { SelectField, TextField } from "@/app/ui/field";
import { listFolders } from "./actions";

const FOLDERS = "server-folders";

const AFTER = [
  { value: "nothing", label: "Nothing: it stays as it is" },
  { value: "read", label: "Mark as read" },
  { value: "move", label: "Move to a folder" },
];

type Fields = {
  values: Record<string, string>;
  error: (name: string) => string | undefined;
};

/** The folder that is read: typed, or chosen from what the server lists. */
export function FolderField({ values, error }: Fields) {
  const place = useRef<HTMLDivElement>(null);
  const [found, setFound] = useState<{ folders: string[]; problem: string | null } | null>(null);
  const [isAsking, startAsking] = useTransition();
  const ask = () => {
    const form = place.current?.closest("form");
    if (!form) return;
    const data = new FormData(form);
    startAsking(async () => {
      const answer = await listFolders(data).catch(() => OFFLINE);
      startAsking(() => setFound(answer));
    });
  };
  return (
    <div ref={place} className="space-y-2">
      <TextField
        label="Folder"
        name="folder"
        autoComplete="off"
        spellCheck={false}
        list={FOLDERS}
        hint="The IMAP folder that is read. Another one is read from its beginning; what came from the old one stays."
        defaultValue={values.folder ?? "INBOX"}
        error={error("folder")}
      />
      <div className="flex flex-wrap items-center gap-2.5">
        <Button size="small" onClick={ask} disabled={isAsking}>
          {isAsking ? "Asking the server…" : "List the server’s folders"}
        </Button>
        <p role="status" className="text-sm text-ink-2">
          {found && foundText(found)}
        </p>
      </div>
      <datalist id={FOLDERS}>
        {found?.folders.map((folder) => (
          <option key={folder} value={folder} />
        ))}
      </datalist>
    </div>
  );
}

const OFFLINE = { folders: [], problem: "Mailroom did not answer. Try again." };

function foundText({ folders, problem }: { folders: string[]; problem: string | null }): string {
  if (problem) return problem;
  const count = folders.length === 1 ? "1 folder" : `${folders.length} folders`;
  return `${count} found: choose one in Folder, or in Folder to move to.`;
}

/** What is done with a mail on the server once it is imported. */
export function AfterImportFields({ values, error }: Fields) {
  return (
    <div className="group/after grid gap-3.5 pt-2 md:grid-cols-2">
      <SelectField
        label="After import"
        name="afterImport"
        options={AFTER}
        defaultValue={values.afterImport ?? "nothing"}
        error={error("afterImport")}
        hint="On the server, with mail that comes from now on, once it is safe here."
      />
      <TextField
        label="Folder to move to"
        name="afterImportFolder"
        autoComplete="off"
        spellCheck={false}
        list={FOLDERS}
        placeholder="Mailroom"
        hint="Made when it is not there."
        defaultValue={values.afterImportFolder ?? ""}
        error={error("afterImportFolder")}
        className="hidden group-has-[option[value=move]:checked]/after:block"
      />
    </div>
  );
}
