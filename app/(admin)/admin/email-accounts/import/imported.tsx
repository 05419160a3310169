"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import { useRef, useState } from "react";
import { paths } from "@/app/paths";
import { Button, LinkButton } from "@/app/ui/button";
import type { TestedAccount } from "@/lib/accounts/test-many";
import { testImported } from "./actions";
import { countOf } from "./check-report";

/** Accounts tested in one request. */
const AT_ONCE = 5;

/** The accounts of an import; they can be tested, a few at a time. */
export function Imported({ accounts }: { accounts: { id: string; email: string }[] }) {
  const { tested, problem, isTesting, test, stop } = useTests(accounts);
  const failed = tested.filter(({ smtp, imap }) => smtp !== null || imap !== null);
  const isOver = tested.length > 0 && !isTesting;
  return (
    <div className="gutter max-w-[900px] space-y-4 py-5">
      <p role="status" className="flex items-center gap-1.5 font-semibold">
        <CircleCheck aria-hidden className="icon text-green" />
        {countOf(accounts.length)} imported.
      </p>
      <div className="flex flex-wrap gap-2">
        <LinkButton variant="primary" href={paths.emailAccounts}>
          Email Accounts
        </LinkButton>
        {isTesting ? (
          <Button onClick={stop}>Stop testing</Button>
        ) : (
          <Button onClick={test}>Test the connections</Button>
        )}
      </div>
      <p role="status" className="text-sm text-ink-2">
        {isTesting && `${tested.length} of ${accounts.length} tested, ${failed.length} failed.`}
        {isOver && `${countOf(tested.length)} tested, ${failed.length} failed.`}
        {problem}
      </p>
      {failed.length > 0 && (
        <ul className="space-y-2.5">
          {failed.map((account) => (
            <Failed key={account.id} account={account} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Failed({ account: { id, email, smtp, imap } }: { account: TestedAccount }) {
  return (
    <li className="flex gap-1.5 text-sm/5">
      <CircleAlert aria-hidden className="icon mt-px text-red" />
      <div className="wrap-anywhere">
        <a className="link font-semibold" href={paths.editEmailAccount(id)}>
          {email}
        </a>
        {smtp !== null && <p>Sending: {smtp}</p>}
        {imap !== null && <p>Receiving: {imap}</p>}
      </div>
    </li>
  );
}

function useTests(accounts: { id: string }[]) {
  const [tested, setTested] = useState<TestedAccount[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [isTesting, setTesting] = useState(false);
  const isWanted = useRef(false);
  const test = async () => {
    isWanted.current = true;
    setTesting(true);
    setTested([]);
    setProblem(null);
    for (let at = 0; at < accounts.length && isWanted.current; at += AT_ONCE) {
      const form = new FormData();
      for (const { id } of accounts.slice(at, at + AT_ONCE)) form.append("id", id);
      const answer = await testImported(form).catch(() => null);
      if (answer?.action.status !== "done") {
        const said = answer && "message" in answer.action ? answer.action.message : null;
        setProblem(said ?? "Mailroom did not answer. Try again.");
        break;
      }
      setTested((before) => [...before, ...answer.tested]);
    }
    setTesting(false);
  };
  const stop = () => {
    isWanted.current = false;
  };
  return { tested, problem, isTesting, test, stop };
}
