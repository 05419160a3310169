import { expect, it } from "vitest";
import { db } from "../db/client";
import { useTestDatabase } from "../testing/database";
import { createAccount, createMessage, createOutbound } from "../testing/factories";
import { deliverDue } from "./deliver";

useTestDatabase();

it("a mail that can't be put together fails at once and says why, instead of being tried for two days", async () => {
  const account = await createAccount({ email: "support@desk.example" });
  const to = [{ name: "Ann", address: "ann@customer.test" }];
  const message = await createMessage({
    kind: "OUTBOUND",
    fromAddress: account.email,
    toAddresses: to,
    subject: "x".repeat(2000),
  });
  const { id } = await createOutbound({
    messageRowId: message.id,
    accountId: account.id,
    giveUpAt: new Date(Date.now() + 3_600_000),
    recipients: [{ address: "ann@customer.test", status: "queued", response: null }],
  });
  expect(await deliverDue("test")).toMatchObject({ failed: 1, retried: 0 });
  const failed = await db().prisma.outboundEmail.findUniqueOrThrow({ where: { id } });
  expect(failed.status).toBe("FAILED");
  expect(failed.lastError).toBe(
    "The mail could not be put together: subject: longer than 998 characters.",
  );
});
