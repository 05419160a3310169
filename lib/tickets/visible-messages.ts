import { Prisma } from "../db/generated/client";
import type { Actor } from "./access";

/**
 * The messages somebody may read, as a condition of a query: agents all, customers those of their own
 * tickets except notes, what passed between us and others only, and what others forwarded, which may
 * hold words between colleagues. Deleted tickets are nobody's.
 */
export function visibleMessages(viewer: Actor): Prisma.MessageWhereInput {
  switch (viewer.role) {
    case "ADMIN":
    case "AGENT":
      return { ticket: { deletedAt: null } };
    case "CUSTOMER":
      return {
        kind: { not: "NOTE" },
        isAside: false,
        OR: [{ forwarded: { equals: Prisma.DbNull } }, { contact: { userId: viewer.id } }],
        ticket: { deletedAt: null, requester: { userId: viewer.id } },
      };
    default:
      return viewer.role satisfies never;
  }
}
