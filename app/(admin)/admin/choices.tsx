import Link from "next/link";

/** A row of links of which one is chosen: what of a page is shown. */
export function Choices({
  label,
  choices,
}: {
  label: string;
  choices: { label: string; href: string; isChosen: boolean }[];
}) {
  return (
    <nav
      aria-label={label}
      className="gutter flex gap-[22px] overflow-x-auto border-b border-rule text-sm font-semibold max-md:gap-[18px]"
    >
      {choices.map((choice) => (
        <Link
          key={choice.label}
          href={choice.href}
          prefetch={false}
          aria-current={choice.isChosen ? "true" : undefined}
          className="border-b-2 border-transparent py-2.5 whitespace-nowrap text-ink-2 no-underline hover:text-ink aria-[current]:border-accent aria-[current]:text-ink max-md:py-3"
        >
          {choice.label}
        </Link>
      ))}
    </nav>
  );
}
