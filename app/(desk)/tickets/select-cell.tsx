import { BULK_FORM_ID } from "./bulk-form-id";

const target =
  "relative z-[1] -m-1.5 inline-flex p-1.5 select-none max-md:-m-[13px] max-md:p-[13px]";

/** The checkbox of a row. Works in the form of the bar, also without JavaScript. */
export function SelectTicket({ id, label }: { id: string; label: string }) {
  return (
    <label className={target}>
      <input
        type="checkbox"
        name="id"
        value={id}
        form={BULK_FORM_ID}
        autoComplete="off"
        aria-label={label}
        className="size-[18px]"
      />
    </label>
  );
}

/** Selects every row of the page: by script, so it is there only where scripts run. */
export function SelectPage({ label }: { label: string }) {
  return (
    <label className={`${target} [@media(scripting:none)]:hidden`}>
      <input
        type="checkbox"
        data-select-page
        autoComplete="off"
        aria-label={label}
        className="size-[18px]"
      />
    </label>
  );
}
