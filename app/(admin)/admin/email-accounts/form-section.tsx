import type { ReactNode } from "react";

/** A part of the account form under its title. */
export function FormSection({
  title,
  isFirst,
  children,
}: {
  title: string;
  isFirst?: boolean;
  children: ReactNode;
}) {
  return (
    <fieldset
      className={isFirst ? "min-w-0 pb-[22px]" : "min-w-0 border-t border-rule pt-5 pb-[22px]"}
    >
      <legend className="float-left mb-3 w-full text-section font-semibold">{title}</legend>
      <div className="clear-both space-y-3.5">{children}</div>
    </fieldset>
  );
}
