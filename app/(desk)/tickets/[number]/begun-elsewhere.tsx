import Link from "next/link";
import { paths } from "@/app/paths";
import { Callout } from "@/app/ui/callout";
import type { ReplyHead } from "@/lib/tickets/reply-head";
import { headKey } from "./kept-fields";

/** Says that the words in the form were begun in another one, for somebody else perhaps. */
export function BegunElsewhere({
  number,
  begun,
  head,
}: {
  number: number;
  /** What the form was about that they were begun in. */
  begun: Pick<ReplyHead, "mode" | "chosenId">;
  head: ReplyHead;
}) {
  if (headKey(begun) === headKey(head)) return null;
  const { mode, chosenId } = begun;
  const query =
    mode === "forward" ? { forward: chosenId } : chosenId ? { reply: chosenId } : undefined;
  return (
    <div className="px-3.5 pb-3">
      <Callout
        tone="amber"
        role="status"
        title={
          mode === "forward"
            ? "This draft was begun above a forwarded mail."
            : head.mode === "forward"
              ? "This draft was begun as an answer."
              : "This draft was begun as an answer to another mail."
        }
        actions={
          <Link
            href={`${paths.ticket(number, query)}#compose`}
            scroll={false}
            prefetch={false}
            className="link max-md:inline-flex max-md:min-h-11 max-md:items-center"
          >
            Go on with it there
          </Link>
        }
      >
        Look whom it goes to before you send it from here.
      </Callout>
    </div>
  );
}
