import "server-only";
import { AppError } from "@/lib/errors";
import { RATE_LIMITS, takeTry } from "@/lib/rate-limit";

/** @throws AppError "unavailable" when an admin begins sign-ins faster than anybody can end them. */
export async function limitSignIns({ id }: { id: string }): Promise<void> {
  const waitMs = await takeTry(RATE_LIMITS.providerSignIn, id);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw new AppError("unavailable", `That is many sign-ins. Try again in ${seconds} s.`);
}
