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
import { detectForForm, formOf } from "../form-detection";
import { pageSignIn } from "../page-sign-in";

export const metadata: Metadata = { title: "Add Email Account" };

export default async function NewEmailAccountPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const admin = await requireAdmin();
  const search = await searchParams;
  const { typed, key, ...signIn } = await pageSignIn(admin, search);
  const [count, workers, like, detection] = await Promise.all([
    db().prisma.emailAccount.count(),
    liveWorkers(),
    findLike(typed?.like ?? search.like),
    typed && detectForForm(formOf(typed)),
  ]);
  return (
    <>
      <PageHeader
        title={like ? `Add an account like ${like.email}` : "Add Email Account"}
        back={{ href: paths.emailAccounts, label: "Email Accounts" }}
      />
      <AccountForm
        key={key}
        account={null}
        values={
          typed ??
          like?.values ?? {
            provider: "SMTP",
            startMode: "now",
            isActive: "on",
            quotesHistory: "on",
            ...(count === 0 ? { isDefault: "on" } : {}),
          }
        }
        {...(like ? { like: like.id } : {})}
        detection={detection}
        {...signIn}
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
