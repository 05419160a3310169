import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { globalPolling, liveWorkers } from "@/lib/accounts/health";
import { likeValues } from "@/lib/accounts/like";
import { db } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { AccountForm } from "../account-form";

export const metadata: Metadata = { title: "Add Email Account" };

export default async function NewEmailAccountPage({
  searchParams,
}: {
  searchParams: Promise<{ like?: string | string[] }>;
}) {
  await requireAdmin();
  const [count, workers, like] = await Promise.all([
    db().prisma.emailAccount.count(),
    liveWorkers(),
    findLike((await searchParams).like),
  ]);
  return (
    <>
      <PageHeader
        title={like ? `Add an account like ${like.email}` : "Add Email Account"}
        back={{ href: paths.emailAccounts, label: "Email Accounts" }}
      />
      <AccountForm
        account={null}
        values={
          like?.values ?? {
            provider: "SMTP",
            startMode: "now",
            isActive: "on",
            quotesHistory: "on",
            ...(count === 0 ? { isDefault: "on" } : {}),
          }
        }
        {...(like ? { like: like.id } : {})}
        detection={null}
        intervalSeconds={globalPolling(workers).intervalSeconds}
      />
    </>
  );
}

/** An account that is gone, or was never one, is nobody to be like. */
async function findLike(asked: string | string[] | undefined) {
  if (typeof asked !== "string") return null;
  try {
    return await likeValues(asked);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
}
