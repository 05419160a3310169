import { CircleAlert, CircleCheck } from "lucide-react";
import { Disclosure } from "@/app/ui/disclosure";
import type { ImportCheck, ImportRow } from "@/lib/accounts/import";

export const isReady = ({ problems }: ImportRow) => problems.length === 0;

export const countOf = (accounts: number) =>
  accounts === 1 ? "1 account" : `${accounts.toLocaleString("en-US")} accounts`;

const head = "border-b border-rule px-2.5 py-2 text-left text-xs font-semibold text-ink-3";
const cell = "border-b border-rule px-2.5 py-2 align-top text-sm/5";

/** What an import of the file would do, and what it would leave out. */
export function CheckReport({ check: { rows } }: { check: ImportCheck }) {
  const ready = rows.filter(isReady);
  const wrong = rows.filter((row) => !isReady(row));
  return (
    <section aria-label="What the check found" className="space-y-3">
      <p role="status" className="flex items-center gap-1.5 font-semibold">
        {ready.length > 0 ? (
          <CircleCheck aria-hidden className="icon text-green" />
        ) : (
          <CircleAlert aria-hidden className="icon text-red" />
        )}
        {summaryOf(ready.length, wrong.length)}
      </p>
      {wrong.length > 0 && <Problems rows={wrong} />}
      {ready.length > 0 && (
        <Disclosure label={`${countOf(ready.length)} that can be imported`} open={!wrong.length}>
          <ul className="columns-[260px] py-1 text-sm text-ink-2">
            {ready.map(({ line, email }) => (
              <li key={line} className="wrap-anywhere">
                {email}
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </section>
  );
}

function summaryOf(ready: number, wrong: number): string {
  const lines = wrong === 1 ? "1 line" : `${wrong.toLocaleString("en-US")} lines`;
  if (ready === 0) return `Nothing can be imported: ${lines} with something wrong.`;
  if (wrong === 0) return `${countOf(ready)} can be imported. Nothing is saved yet.`;
  return `${countOf(ready)} can be imported, ${lines} would be left out. Nothing is saved yet.`;
}

function Problems({ rows }: { rows: ImportRow[] }) {
  return (
    // Long tables scroll by keyboard as well.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <div tabIndex={0} className="max-h-[420px] overflow-auto rounded-badge border border-rule">
      <table className="w-full border-collapse">
        <caption className="sr-only">Lines that would be left out</caption>
        <thead>
          <tr>
            <th scope="col" className={`${head} w-16`}>
              Line
            </th>
            <th scope="col" className={head}>
              Address
            </th>
            <th scope="col" className={head}>
              What is wrong
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ line, email, problems }) => (
            <tr key={line}>
              <td className={`${cell} tabular-nums`}>{line}</td>
              <td className={`${cell} wrap-anywhere`}>{email || "—"}</td>
              <td className={cell}>
                <ul className="space-y-0.5">
                  {problems.map(({ column, message }) => (
                    <li key={`${column} ${message}`}>
                      {column && <b className="font-semibold">{column}: </b>}
                      {message}
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
