import { db } from "../db/client";
import { AppError } from "../errors";

const KEY = "server-look-ups";

/** Whether Mailroom may ask DNS and a domain's own servers where its mail servers are. */
export async function areLookUpsOn(): Promise<boolean> {
  const setting = await db().prisma.setting.findUnique({
    where: { key: KEY },
    select: { value: true },
  });
  return setting?.value !== false;
}

/** Switches the look-ups on or off for everybody. @throws AppError "forbidden" for anyone but admins. */
export async function setLookUps(
  actor: { id: string | null; role: string },
  isOn: boolean,
): Promise<void> {
  if (actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
  await db().prisma.$transaction([
    db().prisma.setting.upsert({
      where: { key: KEY },
      create: { key: KEY, value: isOn },
      update: { value: isOn },
      select: { key: true },
    }),
    db().prisma.auditLog.create({
      data: { actorId: actor.id, action: "look-ups.changed", data: { isOn } },
      select: { id: true },
    }),
  ]);
}
