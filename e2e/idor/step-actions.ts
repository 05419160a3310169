import { db } from "@/lib/db/client";
import { PRACTICE_ADDRESS } from "@/lib/practice-address";
import { createAccount, createTicket } from "@/lib/testing/factories";
import { ADMIN } from "./callers";
import { type ActionCase, admins, withSteps } from "./calls";

const STEPS = "app/first-steps/actions.ts";

/** What is done to the first steps: part of ACTIONS. */
export const STEP_ACTIONS: Record<string, ActionCase[]> = {
  [`${STEPS}#readSteps`]: [
    {
      what: "the list",
      call: async () => ({ args: [] }),
      ...{ allowed: ADMIN, answers: /"ownAddress"/ },
    },
  ],
  // Hiding what is hidden changes nothing: each call finds the list shown.
  [`${STEPS}#hideSteps`]: admins("one's own list", withSteps(false)),
  [`${STEPS}#closeSteps`]: admins("one's own list", withSteps(false)),
  [`${STEPS}#showSteps`]: admins("one's own list", withSteps(true)),
  [`${STEPS}#removeSamples`]: admins("the practice account", async () => {
    const email = PRACTICE_ADDRESS;
    const known = await db().prisma.emailAccount.findUnique({ where: { email } });
    await createTicket({ accountId: (known ?? (await createAccount({ email }))).id });
    return { form: {} };
  }),
};
