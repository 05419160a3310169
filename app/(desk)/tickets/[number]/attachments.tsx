import { File, FileText, Image as ImageIcon, TriangleAlert } from "lucide-react";
import { paths } from "@/app/paths";
import { Disclosure } from "@/app/ui/disclosure";
import { kindWord, mayBePaged, mayBePreviewed, plainKind } from "@/lib/mail/file-kind";
import { ImagePreview } from "./image-preview";
import { PdfPreview } from "./pdf-preview";
import { sizeText } from "./size-text";

type Attachment = {
  id: string;
  filename: string;
  mediaType: string;
  size: number;
  isInline: boolean;
};

/** The files of a message. Images that stand inside the text are folded away. */
export function Attachments({ attachments }: { attachments: Attachment[] }) {
  const files = attachments.filter(({ isInline }) => !isInline);
  const inline = attachments.filter(({ isInline }) => isInline);
  return (
    <>
      {files.length > 0 && <Files files={files} />}
      {inline.length > 0 && (
        <Disclosure
          label={
            inline.length === 1
              ? "1 file inside the text"
              : `${inline.length} files inside the text`
          }
          className="mt-2.5"
        >
          <Files files={inline} />
        </Disclosure>
      )}
    </>
  );
}

function Files({ files }: { files: Attachment[] }) {
  return (
    <ul aria-label="Attachments" className="mt-3 flex flex-wrap items-end gap-2">
      {files.map((file) => (
        <li key={file.id} className="max-w-full">
          {mayBePreviewed(file) && <ImagePreview id={file.id} filename={file.filename} />}
          <div className="flex flex-wrap items-center gap-1">
            <FileLink file={file} />
            {mayBePaged(file) && <PdfPreview id={file.id} filename={file.filename} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

function FileLink({ file: { id, filename, mediaType, size } }: { file: Attachment }) {
  const kind = plainKind(filename);
  const Icon = kind ? TriangleAlert : iconOf(mediaType);
  return (
    <a
      href={paths.attachment(id)}
      download
      className="flex min-h-[30px] max-w-full items-center gap-2 rounded-control border border-rule px-2.5 py-1.5 text-sm text-ink no-underline hover:bg-hover max-md:min-h-11"
    >
      <Icon aria-hidden className="icon" />
      <span className="min-w-0 wrap-anywhere">
        <bdi>{filename}</bdi>
        {kind && <b className="ml-2 font-semibold whitespace-nowrap text-amber">{kind}</b>}
        <span className="ml-2 whitespace-nowrap text-ink-3">
          {!kind && `${kindWord(filename, mediaType)}, `}
          {sizeText(size)}
        </span>
      </span>
    </a>
  );
}

function iconOf(mediaType: string) {
  if (mediaType.startsWith("image/")) return ImageIcon;
  return mediaType.startsWith("text/") || mediaType === "application/pdf" ? FileText : File;
}
