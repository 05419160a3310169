import { Callout } from "@/app/ui/callout";

/** In place of a list that took too long to find. */
export function GivenUpSearch() {
  return (
    <div className="gutter py-3">
      <Callout tone="amber" role="status" title="This search took too long, so it was given up.">
        Add a rarer word, or narrow it: by a view, by after:2026-01-31, or by from: and an address.
      </Callout>
    </div>
  );
}
