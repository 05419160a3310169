import { Callout } from "@/app/ui/callout";
import { listWords } from "@/app/words/list";
import { wordsOf } from "@/app/words/page-language";

/** In place of a list that took too long to find. */
export async function GivenUpSearch() {
  const words = await wordsOf(listWords);
  return (
    <div className="gutter py-3">
      <Callout tone="amber" role="status" title={words.givenUp}>
        {words.givenUpFix}
      </Callout>
    </div>
  );
}
