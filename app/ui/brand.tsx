import { classNames } from "./class-names";

/** The name with its envelope. */
export function Brand({ className }: { className?: string }) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-[9px] text-section font-semibold",
        className,
      )}
    >
      <svg viewBox="0 0 22 22" aria-hidden="true" className="size-[22px] flex-none">
        <rect x="1" y="3.5" width="20" height="15" rx="2.5" className="fill-accent" />
        <path
          d="M4.5 8l6.5 4.6L17.5 8"
          fill="none"
          className="stroke-on-accent"
          strokeWidth="1.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Mailroom
    </span>
  );
}
