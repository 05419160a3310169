import { db } from "../db/client";
import { keptSize } from "./size-seen";

/**
 * Keeps how large a mail the account's server takes, for those who attach files. Not its updatedAt,
 * by which settings that an admin changed are known.
 */
export async function keepSmtpSize(accountId: string, sizeMax: number | null): Promise<void> {
  const kept = keptSize(sizeMax);
  await db().prisma
    .$executeRaw`UPDATE "EmailAccount" SET "smtpSizeMax" = ${kept}::int WHERE "id" = ${accountId}::uuid`;
}
