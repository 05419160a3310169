import { db } from "./db/client";
import { AppError } from "./errors";

/** A setting that is on until an admin switches it off, and how it is called in the audit log. */
export type SwitchSetting = { key: string; action: string; word: string };

/** Whether it is on. */
export async function isOn({ key }: SwitchSetting): Promise<boolean> {
  const setting = await db().prisma.setting.findUnique({ where: { key }, select: { value: true } });
  return setting?.value !== false;
}

/** SQL: the same, as part of a statement that asks for more. */
export function isOnSql({ key }: SwitchSetting): string {
  return `coalesce((SELECT "value" FROM "Setting" WHERE "key" = '${key}') <> 'false'::jsonb, true)`;
}

/**
 * Switches it for everybody, and notes who did, as `{[word]: value}`.
 * @throws AppError "forbidden" for anyone but admins.
 */
export async function setSwitch(
  { key, action, word }: SwitchSetting,
  actor: { id: string | null; role: string },
  value: boolean,
): Promise<void> {
  if (actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
  await db().prisma.$transaction([
    db().prisma.setting.upsert({
      where: { key },
      create: { key, value },
      update: { value },
      select: { key: true },
    }),
    db().prisma.auditLog.create({
      data: { actorId: actor.id, action, data: { [word]: value } },
      select: { id: true },
    }),
  ]);
}
