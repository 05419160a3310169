import { db } from "@/lib/db/client";
import { createUser } from "@/lib/testing/factories";
import type { Caller, People } from "./callers";
import { type ActionCase, admins, type Call, desk, nobody, unique } from "./calls";

const ACTIONS = "app/(desk)/canned-replies/actions.ts";

/** A reply of whoever calls, of somebody else, or of somebody else who shares it. */
const onReply =
  (whose: "own" | "other" | "shared", form: () => Record<string, string> = () => ({})) =>
  async (people: People, caller: Caller): Promise<Call> => {
    const isOwn = whose === "own" && caller !== "signed out";
    const makerId = isOwn ? people.ids[caller] : (await createUser()).id;
    const ownerId = whose === "shared" ? null : makerId;
    const data = { name: unique(), body: "Thanks", ownerId, makerId };
    const { id } = await db().prisma.cannedReply.create({ data, select: { id: true } });
    return { form: { id, ...form() } };
  };

const changed = () => ({ name: unique(), body: "Thank you, {{customer.name}}" });

/** What is done to canned replies: part of ACTIONS. */
export const CANNED_REPLY_ACTIONS: Record<string, ActionCase[]> = {
  [`${ACTIONS}#save`]: [
    ...desk("a new one", async () => ({ form: changed() })),
    ...desk("a new one for everybody", async () => ({ form: { ...changed(), isShared: "on" } })),
    ...desk("one's own", onReply("own", changed)),
    ...admins(
      "a shared one of somebody else",
      onReply("shared", () => ({ ...changed(), isShared: "on" })),
    ),
    nobody("somebody else's own", onReply("other", changed)),
    nobody("one with an unknown variable", async () => ({
      form: { name: unique(), body: "{{customer.nmae}}" },
    })),
  ],
  [`${ACTIONS}#remove`]: [
    ...desk("one's own", onReply("own")),
    ...admins("a shared one of somebody else", onReply("shared")),
    nobody("somebody else's own", onReply("other")),
  ],
};
