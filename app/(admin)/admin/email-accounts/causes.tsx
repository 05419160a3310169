import Link from "next/link";
import { paths } from "@/app/paths";
import { Callout } from "@/app/ui/callout";
import { Disclosure } from "@/app/ui/disclosure";
import type { Cause, CauseLink, Problem } from "@/lib/accounts/causes";
import { Words } from "./words";

/**
 * Why an account does not do what is expected of it, by the guide's words for the trouble. What an
 * admin has to decide stands open; the rest is folded, open while nothing is polled.
 */
export function Causes({ accountId, causes }: { accountId: string; causes: Cause[] }) {
  const toAct = causes.filter((cause) => cause.weight === "act");
  const notes = causes.filter((cause) => cause.weight === "stopped" || cause.weight === "note");
  const problems = [...new Set(notes.flatMap((note) => note.problems))].join(" · ");
  const isStopped = notes.some((note) => note.weight === "stopped");
  return (
    <>
      {toAct.map((cause) => (
        <Callout
          key={cause.cause}
          tone="amber"
          className="mt-3.5 md:col-span-2"
          title={
            <>
              <ProblemWords problems={cause.problems} />
              {cause.cause}
            </>
          }
        >
          <Words>{cause.fix}</Words> <Links accountId={accountId} links={cause.links} />
        </Callout>
      ))}
      {notes.length > 0 && (
        <Disclosure
          label={isStopped ? `Why: ${problems}` : `${problems}?`}
          open={isStopped}
          className="mt-3 md:col-span-2"
        >
          <ul className="max-w-[72ch] space-y-2.5 border-l border-rule py-0.5 pl-3 text-sm/5">
            {notes.map((note) => (
              <li key={note.cause}>
                {notes.length > 1 && <ProblemWords problems={note.problems} />}
                <p className="font-semibold">
                  <Words>{note.cause}</Words>
                </p>
                <p className="text-ink-2">
                  <Words>{note.fix}</Words> <Links accountId={accountId} links={note.links} />
                </p>
              </li>
            ))}
          </ul>
          <p className="mt-2 text-sm">
            <Link className="link" href={paths.help("email-troubleshooting")}>
              When mail does not arrive
            </Link>
          </p>
        </Disclosure>
      )}
    </>
  );
}

/** What the guide calls it, above the cause. */
export function ProblemWords({ problems }: { problems: Problem[] }) {
  return <span className="block text-xs font-normal text-ink-3">{problems.join(" · ")}</span>;
}

const LISTS = {
  HELD: "Mail on hold",
  QUARANTINED: "Mail in quarantine",
  DUPLICATE: "Mail seen before",
  IGNORED: "Ignored mail",
} as const;

function Links({ accountId, links }: { accountId: string; links: CauseLink[] }) {
  return links.map((link) => {
    const { href, label } = addressOf(accountId, link);
    return (
      <Link key={href} className="link mr-2 whitespace-nowrap" href={href}>
        {label}
      </Link>
    );
  });
}

function addressOf(accountId: string, link: CauseLink): { href: string; label: string } {
  switch (link.to) {
    case "ticket":
      return { href: paths.ticket(link.number), label: `#${link.number}` };
    case "mail":
      return {
        href: paths.mail({ status: link.status, account: accountId }),
        label: LISTS[link.status],
      };
    case "edit":
      return { href: paths.editEmailAccount(accountId), label: "Edit the account" };
  }
}
