import { classNames } from "@/app/ui/class-names";
import { hiddenTarget, linkTitle } from "@/lib/mail/link-target";

const ADDRESS = /(https?:\/\/[^\s<>"'`]{1,2000})/gi;

/** Plain text as it was written: lines, direction of each line, and links that can be followed. */
export function MailText({
  text,
  mentions = [],
  className,
}: {
  text: string;
  /** Names of agents to be marked, with their "@". */
  mentions?: readonly string[];
  className?: string;
}) {
  return (
    <div
      dir="auto"
      className={classNames(
        "max-w-[68ch] whitespace-pre-wrap wrap-anywhere [unicode-bidi:plaintext]",
        className,
      )}
    >
      {text
        .trim()
        .split(ADDRESS)
        .map((part, index) => linked(part, index) ?? marked(part, mentions))}
    </div>
  );
}

/** The names stand out by weight and ground, not by colour alone. */
function marked(part: string, mentions: readonly string[]) {
  if (mentions.length === 0) return part;
  const longest = [...mentions].sort((one, other) => other.length - one.length);
  const pattern = longest.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return part.split(new RegExp(`(${pattern})(?![\\p{L}\\p{N}_])`, "u")).map((piece, index) =>
    index % 2 === 0 ? (
      piece
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text that never changes
      <b key={index} className="rounded-badge bg-blue-bg px-0.5 font-semibold text-blue">
        {piece}
      </b>
    ),
  );
}

/** split() puts what the pattern caught at the odd places. */
function linked(part: string, index: number) {
  if (index % 2 === 0) return null;
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
