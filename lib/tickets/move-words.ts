import type { Prisma } from "../db/generated/client";

/** What is shown of the correction that put a message on its ticket. */
export const moveSelect = {
  select: {
    id: true,
    isMerge: true,
    isSplit: true,
    from: { select: { number: true } },
    actor: { select: { name: true } },
  },
} as const satisfies Prisma.Message$moveArgs;

type Move = Prisma.TicketMoveGetPayload<typeof moveSelect>;

/** How a message came to its ticket by an agent's hand: "Split from #42 by Nora Brandt". */
export function moveWords({ isMerge, isSplit, from, actor }: Move): string {
  const what = isMerge ? "Merged" : isSplit ? "Split" : "Moved";
  return `${what} from #${from.number} by ${actor?.name ?? "somebody"}`;
}
