import type { Prisma } from "../db/generated/client";

/** What is shown of the files on a message. */
export const attachmentSelect = {
  select: { id: true, filename: true, mediaType: true, size: true, isInline: true },
  orderBy: { position: "asc" },
} as const satisfies Prisma.Message$attachmentsArgs;
