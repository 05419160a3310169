import { changeAll, only } from "@/lib/testing/bulk";
import { createTicket, createUser } from "@/lib/testing/factories";
import { beginBulk } from "@/lib/tickets/bulk";
import { type Caller, DESK, type People } from "./callers";
import { type ActionCase, type Call, desk, nobody, ticketOf, unique } from "./calls";

const BULK = "app/(desk)/tickets/bulk-actions.ts";
const SOLVED = { field: "status", to: "SOLVED" } as const;

const onTickets =
  (form: Record<string, string>) =>
  async (people: People): Promise<Call> => ({
    form: { id: (await ticketOf(people)).id, steps: "1", ...form },
  });

/** A change of the caller's own where they may make one, else the agent's. */
const onOwnChange = (isDone: boolean) => (people: People, caller: Caller) =>
  onChange(people.ids[caller === "admin" ? "admin" : "agent"], people, isDone);

const onForeignChange = (isDone: boolean) => async (people: People) =>
  onChange((await createUser()).id, people, isDone);

async function onChange(actorId: string, people: People, isDone: boolean): Promise<Call> {
  const actor = { id: actorId, role: "AGENT" } as const;
  const selection = only(await ticketOf(people));
  const make = isDone ? changeAll : beginBulk;
  return { form: { id: (await make(actor, SOLVED, selection)).id } };
}

/** What changes many tickets. */
export const BULK_ACTIONS: Record<string, ActionCase[]> = {
  [`${BULK}#changeTickets`]: [
    ...desk("the owner's ticket", onTickets({ change: "status:SOLVED" })),
    ...desk("all that a list holds", async () => {
      const subject = unique();
      await createTicket({ subject });
      const address = new URLSearchParams({ view: "all", q: subject }).toString();
      return { form: { all: "1", address, change: "priority:HIGH", steps: "1" } };
    }),
    ...desk("a merge into a ticket", async (people) =>
      onTickets({ change: "merge:number", into: String((await createTicket()).number) })(people),
    ),
    nobody("no id", onTickets({ id: "x", change: "status:SOLVED" })),
    nobody("no change", onTickets({ change: "owner:me" })),
    nobody("a customer as assignee", async (people) =>
      onTickets({ change: `assignee:${people.ids.owner}` })(people),
    ),
    nobody("a ticket that does not exist", onTickets({ change: "merge:number", into: "999999" })),
  ],
  [`${BULK}#continueChange`]: [
    { what: "one's own change", call: onOwnChange(false), allowed: DESK },
    nobody("somebody else's change", onForeignChange(false)),
  ],
  [`${BULK}#offerTags`]: [
    {
      what: "names of tags",
      call: async () => ({ args: [] }),
      ...{ allowed: DESK, answers: /^1:\[/m },
    },
  ],
  "app/undo-actions.ts#undoChange": [
    { what: "one's own change", call: onOwnChange(true), allowed: DESK },
    nobody("somebody else's change", onForeignChange(true)),
  ],
};
