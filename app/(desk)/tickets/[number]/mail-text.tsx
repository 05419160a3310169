import { classNames } from "@/app/ui/class-names";
import { hiddenTarget, linkTitle } from "@/lib/mail/link-target";

const ADDRESS = /(https?:\/\/[^\s<>"'`]{1,2000})/gi;

/** Plain text as it was written: lines, direction of each line, and links that can be followed. */
export function MailText({ text, className }: { text: string; className?: string }) {
  return (
    <div
      dir="auto"
      className={classNames(
        "max-w-[68ch] whitespace-pre-wrap wrap-anywhere [unicode-bidi:plaintext]",
        className,
      )}
    >
      {text.trim().split(ADDRESS).map(linked)}
    </div>
  );
}

/** split() puts what the pattern caught at the odd places. */
function linked(part: string, index: number) {
  if (index % 2 === 0) return part;
  const end = /[.,;:!?)\]}]*$/.exec(part)?.[0] ?? "";
  const address = part.slice(0, part.length - end.length);
  if (!URL.canParse(address)) return part;
  const host = hiddenTarget(address, address);
  return (
    <span key={index}>
      <a
        className="link"
        href={address}
        title={linkTitle(address) ?? undefined}
        target="_blank"
        rel="noopener noreferrer nofollow"
      >
        {address}
      </a>
      {host && <span className="text-sm text-amber"> ({host})</span>}
      {end}
    </span>
  );
}
