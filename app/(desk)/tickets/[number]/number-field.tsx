import { classNames } from "@/app/ui/class-names";

/** A ticket's number, as "42" or "#42", in one line with its label. */
export function NumberField({
  id,
  label,
  value,
  error,
}: {
  id: string;
  label: string;
  value: string;
  error: string | undefined;
}) {
  return (
    <>
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="font-semibold">
          {label}
        </label>
        <input
          key={value}
          id={id}
          name="into"
          defaultValue={value}
          placeholder="#"
          inputMode="numeric"
          autoComplete="off"
          maxLength={12}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          className={classNames(
            "min-h-8 w-24 rounded-control border bg-sheet px-2 text-base max-md:min-h-11",
            error ? "border-red" : "border-edge",
          )}
        />
      </div>
      {error && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-red">
          {error}
        </p>
      )}
    </>
  );
}
