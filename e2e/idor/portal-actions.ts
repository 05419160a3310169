import { createTicket } from "@/lib/testing/factories";
import { SIGNED_IN } from "./callers";
import { type ActionCase, nobody, onTicket } from "./calls";

/** What customers do with their own tickets. */
export const PORTAL_ACTIONS: Record<string, ActionCase[]> = {
  "app/(portal)/my/actions.ts#answer": [
    { what: "the owner's ticket", call: onTicket({ text: "Mine" }), allowed: ["owner"] },
    nobody("a stranger's ticket", async () => ({
      form: { number: String((await createTicket()).number), text: "Not mine" },
    })),
  ],
  "app/(portal)/my/actions.ts#openOwnTicket": [
    {
      what: "a ticket of one's own",
      call: async () => ({ form: { subject: "Own", text: "Text" } }),
      allowed: SIGNED_IN,
    },
  ],
};
