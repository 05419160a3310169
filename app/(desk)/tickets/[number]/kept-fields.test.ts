import { describe, expect, it } from "vitest";
import type { ReplyHead } from "@/lib/tickets/reply-head";
import { UNCHOSEN } from "./below-choice";
import { draftFieldsOf } from "./draft-fields";
import { begunFor, choiceIn, headKey, keptIn } from "./kept-fields";

const HEAD: ReplyHead = {
  ...{ mode: "reply", chosenId: null, mailId: "m1", accounts: [], accountId: null },
  ...{ to: "ann@a.test", cc: "", suggestions: [], known: [], bounced: [], signature: "" },
  ...{ quote: null, forward: null, textMax: 100 },
};
const forward = { subject: "Fwd: x", text: "x", files: 2, bytes: 10 };
const FORWARD: ReplyHead = { ...HEAD, mode: "forward", chosenId: "m1", forward };
const OTHER: ReplyHead = { ...HEAD, chosenId: "m2" };

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

const to = "sue@supplier.test";
const DRAFTS: { what: string; fields: Record<string, string>; head: ReplyHead }[] = [
  { what: "the usual answer", fields: { to }, head: HEAD },
  { what: "an answer to another mail", fields: { to, answers: "m2" }, head: OTHER },
  { what: "a forwarded mail", fields: { to, forwards: "m1" }, head: FORWARD },
];

describe("the addresses of a draft", () => {
  it.each(DRAFTS)("of $what come back into its own form, and into no other", ({ fields, head }) => {
    for (const form of [HEAD, OTHER, FORWARD]) {
      expect(keptIn(fields, form)).toEqual(form === head ? { to } : {});
      expect(headKey(begunFor(fields)) === headKey(form)).toBe(form === head);
    }
    expect(keptIn(fields, { ...FORWARD, chosenId: "m9" })).toEqual({});
  });

  it("stay empty where somebody emptied them", () => {
    const given = { number: "1", text: "x", to, cc: "", bcc: "", accountId: "a", draft: "v" };
    const fields = draftFieldsOf(
      formOf({ ...given, upload: "u", $ACTION_KEY: "k", kind: "reply" }),
    );
    expect(fields).toEqual({ to, cc: "", bcc: "", accountId: "a" });
    expect(keptIn(fields, HEAD)).toEqual({ to, cc: "", bcc: "", accountId: "a" });
  });
});

describe("what was chosen below the words", () => {
  it("comes back with the draft", () => {
    const unticked = { isQuoting: false, isQuotingToNewcomers: false, withFiles: true };
    expect(choiceIn({ quoteOffered: "1" }, HEAD)).toEqual(unticked);
    expect(choiceIn({ quoteOffered: "1", quote: "1", quoteToNewcomers: "1" }, HEAD)).toEqual({
      ...{ isQuoting: true, isQuotingToNewcomers: true, withFiles: true },
    });
    expect(choiceIn({ forwards: "m1" }, FORWARD).withFiles).toBe(false);
    expect(choiceIn({ forwards: "m1", withFiles: "1" }, FORWARD).withFiles).toBe(true);
  });

  it("is open in another form", () => {
    expect(choiceIn({ quoteOffered: "1" }, OTHER)).toEqual(UNCHOSEN);
    expect(choiceIn({ forwards: "m9" }, FORWARD)).toEqual(UNCHOSEN);
    expect(choiceIn(undefined, HEAD)).toEqual(UNCHOSEN);
  });
});
