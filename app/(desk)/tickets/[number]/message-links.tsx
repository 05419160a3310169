import { Forward, Reply } from "lucide-react";
import Link from "next/link";
import { paths } from "@/app/paths";

/** What an agent can do with one mail: answer it and its people, or pass it on. */
export function MessageLinks({
  number,
  messageRowId,
  name,
}: {
  number: number;
  messageRowId: string;
  /** Who wrote it. */
  name: string;
}) {
  const links = [
    {
      word: "Reply",
      about: `to the mail from ${name}`,
      query: { reply: messageRowId },
      Icon: Reply,
    },
    {
      word: "Forward",
      about: `the mail from ${name}`,
      query: { forward: messageRowId },
      Icon: Forward,
    },
  ];
  return (
    <p className="mt-2 flex flex-wrap gap-x-3">
      {links.map(({ word, about, query, Icon }) => (
        <Link
          key={word}
          href={`${paths.ticket(number, query)}#compose`}
          prefetch={false}
          className="inline-flex min-h-6 items-center gap-1.5 rounded-badge text-sm text-ink-3 no-underline hover:text-ink max-md:min-h-11"
        >
          <Icon aria-hidden className="icon" />
          {word}
          <span className="sr-only"> {about}</span>
        </Link>
      ))}
    </p>
  );
}
