import Link from "next/link";
import type { ReactNode } from "react";
import { paths } from "@/app/paths";
import { Avatar } from "@/app/ui/avatar";
import { classNames } from "@/app/ui/class-names";
import { RelativeTime } from "@/app/ui/relative-time";
import type { ContactRow } from "@/lib/contact-list";

const cell = "border-rule px-2.5 py-2 align-top md:border-b max-md:p-0";
/** One line with the name, which is taller. */
const small = `${cell} md:pt-[11px]`;

/** People, one a row; three lines on a phone. `choose` takes the place of the link to their page. */
export function ContactTable({
  rows,
  caption,
  choose,
}: {
  rows: ContactRow[];
  caption: string;
  /** What stands at the end of a row instead. */
  choose?: (row: ContactRow) => ReactNode;
}) {
  return (
    <table className="w-full table-fixed border-collapse text-sm max-md:block">
      <caption className="sr-only">{caption}</caption>
      <thead className="max-md:sr-only">
        <tr className="[&>th]:border-b [&>th]:border-rule [&>th]:px-2.5 [&>th]:py-2 [&>th]:text-left [&>th]:text-xs [&>th]:font-semibold [&>th]:whitespace-nowrap [&>th]:text-ink-3">
          <th scope="col" className="!pl-7" aria-sort="ascending">
            Name
          </th>
          <th scope="col">Addresses</th>
          <th scope="col" className="w-[110px]">
            Open tickets
          </th>
          <th scope="col" className={classNames("w-[190px]", !choose && "!pr-7")}>
            Last ticket activity
          </th>
          {choose && (
            <th scope="col" className="w-[170px] !pr-7">
              <span className="sr-only">Choose</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody className="max-md:block">
        {rows.map((row) => (
          <Row key={row.id} row={row} choose={choose} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, choose }: { row: ContactRow; choose?: (row: ContactRow) => ReactNode }) {
  const [own = "", ...others] = row.addresses;
  const name = row.name || own;
  return (
    <tr
      data-row={row.id}
      className="row-focus relative hover:bg-hover max-md:block max-md:border-b max-md:border-rule max-md:px-4 max-md:py-3"
    >
      <td className={classNames(cell, "md:pl-7 max-md:block")}>
        <span className="flex items-center gap-2.5">
          <Avatar name={name} />
          {choose ? (
            <span dir="auto" className="min-w-0 truncate font-semibold">
              {name}
            </span>
          ) : (
            <Link
              href={paths.contact(row.id)}
              prefetch={false}
              dir="auto"
              className="block min-w-0 truncate text-left text-base font-semibold text-ink no-underline after:absolute after:inset-0"
            >
              {name}
            </Link>
          )}
        </span>
      </td>
      <td className={classNames(small, "text-ink-2 max-md:block max-md:pl-[34px]")}>
        <span className="block truncate" title={own}>
          {own}
        </span>
        {others.length > 0 && (
          <span className="block truncate text-ink-3" title={others.join(", ")}>
            {others.length === 1 ? others[0] : `and ${others.length} more`}
          </span>
        )}
      </td>
      <td className={classNames(small, "max-md:inline-block max-md:pl-[34px]")}>
        {row.openTickets}
        <span className="md:hidden">
          {row.openTickets === 1 ? " open ticket" : " open tickets"}
        </span>
      </td>
      <td className={classNames(small, "text-ink-3 max-md:inline", !choose && "md:pr-7")}>
        {row.lastActivityAt ? (
          <>
            <span className="md:hidden">, active </span>
            <RelativeTime date={row.lastActivityAt} />
          </>
        ) : (
          <span className="max-md:hidden">No ticket yet</span>
        )}
      </td>
      {choose && (
        <td className={classNames(cell, "md:pr-7 max-md:block max-md:pt-2 max-md:pl-[34px]")}>
          {choose(row)}
        </td>
      )}
    </tr>
  );
}
