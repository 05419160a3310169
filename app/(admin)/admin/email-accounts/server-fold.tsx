import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

const ENCRYPTIONS = { tls: "SSL/TLS", starttls: "STARTTLS", none: "not encrypted" } as const;

export type ShownServer = {
  host: string | null;
  port: number;
  security: keyof typeof ENCRYPTIONS;
};

/**
 * Host and port of one side: open as long as they are to be typed; once they were found, folded into
 * a line that names them. The fields stay the same elements, so that nothing typed is lost.
 */
export function ServerFold({
  server,
  isFolded,
  children,
}: {
  /** Null as long as nothing was found: there is nothing to fold. */
  server: ShownServer | null;
  isFolded: boolean;
  children: ReactNode;
}) {
  return (
    <details open={!isFolded} data-server className="group/fold">
      <summary
        hidden={server === null}
        className="flex list-none items-center gap-1.5 rounded-badge text-sm text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden"
      >
        <ChevronRight
          aria-hidden
          className="icon-badge transition-transform group-open/fold:rotate-90"
        />
        <span className="min-w-0 break-words">
          {server?.host && `${server.host}, port ${server.port}, ${ENCRYPTIONS[server.security]}`}
        </span>
        <span className="ml-auto text-accent underline group-open/fold:hidden">Change</span>
      </summary>
      <div className={server === null ? undefined : "pt-2.5"}>{children}</div>
    </details>
  );
}
