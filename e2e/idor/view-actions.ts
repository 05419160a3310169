import { type ActionCase, admins, desk, nobody, onView, unique } from "./calls";

const VIEWS = "app/(desk)/tickets/views/actions.ts";

/** What is done to saved views: part of ACTIONS. */
export const VIEW_ACTIONS: Record<string, ActionCase[]> = {
  [`${VIEWS}#save`]: [
    ...desk("a new view", async () => ({ form: { name: unique(), address: "source=EMAIL" } })),
    ...desk("a new view for everybody", async () => ({
      form: { name: unique(), address: "source=EMAIL", isShared: "on" },
    })),
    nobody("in the place of somebody else's", async (people, caller) => {
      const view = await onView("other")(people, caller);
      const replacedId = "form" in view ? (view.form.id ?? "") : "";
      return { form: { name: unique(), address: "source=EMAIL", replacedId } };
    }),
  ],
  [`${VIEWS}#rename`]: [
    ...desk("one's own view", onView("own", { name: unique() })),
    ...admins("a shared view of somebody else", onView("shared", { name: unique() })),
    nobody("somebody else's own view", onView("other", { name: unique() })),
  ],
  [`${VIEWS}#move`]: [
    ...desk("one's own view", onView("own", { way: "up" })),
    ...admins("a shared view of somebody else", onView("shared", { way: "up" })),
    nobody("somebody else's own view", onView("other", { way: "up" })),
  ],
  [`${VIEWS}#share`]: [
    ...desk("one's own view", onView("own", { isShared: "yes" })),
    ...admins("a shared view of somebody else", onView("shared", { isShared: "no" })),
    nobody("somebody else's own view", onView("other", { isShared: "yes" })),
  ],
  [`${VIEWS}#remove`]: [
    ...desk("one's own view", onView("own")),
    ...admins("a shared view of somebody else", onView("shared")),
    nobody("somebody else's own view", onView("other")),
  ],
};
