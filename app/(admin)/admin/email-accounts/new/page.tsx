import type { Metadata } from "next";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { globalPolling, liveWorkers } from "@/lib/accounts/health";
import { db } from "@/lib/db/client";
import { AccountForm } from "../account-form";

export const metadata: Metadata = { title: "Add Email Account" };

export default async function NewEmailAccountPage() {
  await requireAdmin();
  const [count, workers] = await Promise.all([db().prisma.emailAccount.count(), liveWorkers()]);
  return (
    <>
      <PageHeader
        title="Add Email Account"
        back={{ href: paths.emailAccounts, label: "Email Accounts" }}
      />
      <AccountForm
        account={null}
        values={{
          provider: "SMTP",
          startMode: "now",
          isActive: "on",
          quotesHistory: "on",
          ...(count === 0 ? { isDefault: "on" } : {}),
        }}
        detection={null}
        intervalSeconds={globalPolling(workers).intervalSeconds}
      />
    </>
  );
}
