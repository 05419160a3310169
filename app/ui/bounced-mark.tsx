import { TriangleAlert } from "lucide-react";
import { RelativeTime } from "./relative-time";

/** Says below an address that mail to it came back for good. */
export function BouncedMark({ at, cause }: { at: Date; cause: string }) {
  return (
    <span className="flex gap-1.5 text-sm text-red">
      <TriangleAlert aria-hidden className="icon mt-px" />
      <span>
        Mail to it came back <RelativeTime date={at} />. {cause}
      </span>
    </span>
  );
}
