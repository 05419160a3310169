"use client";

import { Paperclip, RotateCw, X } from "lucide-react";
import { useRef } from "react";
import { paths } from "@/app/paths";
import { Button } from "@/app/ui/button";
import { sizeText } from "./size-text";
import type { QueuedFile } from "./upload-queue";
import type { Uploads } from "./use-uploads";

/** The files of a message that is being written. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  const { files, isHeldUp, remove, tryAgain } = uploads;
  return (
    <>
      {files.length > 0 && (
        <ul aria-label="Attachments" className="flex flex-wrap gap-2 px-3.5 pt-2.5 pb-2">
          {files.map((file) => (
            <File
              key={file.key}
              file={file}
              onRemove={() => remove(file.key)}
              onTryAgain={() => tryAgain(file.key)}
            />
          ))}
        </ul>
      )}
      {isHeldUp && (
        <p role="alert" className="px-3.5 pb-3 text-sm text-amber">
          An attachment is still on its way. Send again when it is there, or remove it.
        </p>
      )}
    </>
  );
}

function File({
  file: { name, size, state },
  onRemove,
  onTryAgain,
}: {
  file: QueuedFile;
  onRemove: () => void;
  onTryAgain: () => void;
}) {
  const isFailed = state.status === "failed";
  return (
    <li className="flex min-h-9 max-w-full items-center gap-2 rounded-control border border-rule bg-sheet py-0.5 pr-0.5 pl-2.5 text-sm text-ink">
      {state.status === "there" && <input type="hidden" name="upload" value={state.id} />}
      <Paperclip aria-hidden className="icon" />
      <span className="min-w-0 wrap-anywhere">
        {state.status === "there" ? (
          <a href={paths.upload(state.id)} download className="link">
            <bdi>{name}</bdi>
          </a>
        ) : (
          <bdi>{name}</bdi>
        )}
        <span className="ml-2 whitespace-nowrap text-ink-3">{sizeText(size)}</span>
        {isFailed && (
          <span role="alert" className="block text-red">
            {state.why}
          </span>
        )}
      </span>
      {state.status === "sending" && (
        <progress
          max={1}
          value={state.share}
          aria-label={`Uploading ${name}`}
          className="h-1.5 w-20 accent-accent"
        />
      )}
      {state.status === "waiting" && <span className="text-ink-3">Waiting</span>}
      {isFailed && state.mayTryAgain && (
        <Button variant="quiet" size="icon" aria-label={`Try ${name} again`} onClick={onTryAgain}>
          <RotateCw aria-hidden className="icon" />
        </Button>
      )}
      <Button variant="quiet" size="icon" aria-label={`Remove ${name}`} onClick={onRemove}>
        <X aria-hidden className="icon" />
      </Button>
    </li>
  );
}

/** "Attach"; before JavaScript a field and a button that keep the whole form as a draft. */
export function AttachButton({ kind, uploads }: { kind: string; uploads: Uploads }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={kind === "reply" ? "Files for the reply" : "Files for the note"}
        onChange={(event) => {
          uploads.add(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <Button
        variant="quiet"
        size="icon"
        aria-label="Attach files"
        title="Attach files, or drop or paste them here"
        className="[@media(scripting:none)]:hidden"
        onClick={() => input.current?.click()}
      >
        <Paperclip aria-hidden className="icon" />
      </Button>
    </>
  );
}

/** Before JavaScript: the files go onto the draft, and what is written is kept with them. */
export function PlainAttach({ kind }: { kind: string }) {
  return (
    <noscript>
      <div className="flex flex-wrap items-center gap-2 px-3.5 pb-3 text-sm">
        <input type="hidden" name="kind" value={kind} />
        <label htmlFor={`${kind}-files`}>Files</label>
        <input id={`${kind}-files`} type="file" name="files" multiple className="max-w-full" />
        <button
          type="submit"
          formAction={paths.uploadForm}
          formEncType="multipart/form-data"
          formMethod="post"
          className="min-h-8 rounded-control border border-edge-soft bg-sheet px-3 font-semibold text-ink max-md:min-h-11"
        >
          Attach
        </button>
      </div>
    </noscript>
  );
}
