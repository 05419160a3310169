import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { ConfirmDialog } from "@/app/ui/confirm-dialog";
import { PageHeader } from "@/app/ui/page-header";
import { type EditableAccount, getEditableAccount } from "@/lib/accounts/get";
import { globalPolling, liveWorkers } from "@/lib/accounts/health";
import { AppError } from "@/lib/errors";
import { AccountForm } from "../../account-form";
import { removeAccount } from "../../actions";
import { detectForForm, formOf } from "../../form-detection";
import { offeredWay } from "../../offered-way";
import { pageSignIn } from "../../page-sign-in";

export const metadata: Metadata = { title: "Edit Email Account" };

export default async function EditEmailAccountPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const admin = await requireAdmin();
  const account = await find((await params).id);
  const search = await searchParams;
  const { typed, key, ...signIn } = await pageSignIn(admin, search);
  const values = { ...valuesOf(account, typed), ...offeredWay(search.use) };
  const [detection, workers] = await Promise.all([detectForForm(formOf(values)), liveWorkers()]);
  const tickets = account.ticketCount;
  return (
    <>
      <PageHeader
        title={`Edit ${account.email}`}
        back={{ href: paths.emailAccounts, label: "Email Accounts" }}
      >
        <LinkButton href={paths.accountTime(account.id)}>Hours and targets</LinkButton>
        <ConfirmDialog
          trigger="Delete Account"
          triggerVariant="red"
          title={`Delete ${account.email}?`}
          confirm="Delete Account"
          busy="Deleting…"
          action={removeAccount}
          fields={{ id: account.id }}
        >
          Polling and sending for this address end, and its passwords are forgotten.{" "}
          {tickets === 0
            ? "It has no tickets."
            : `Its ${tickets === 1 ? "ticket stays" : `${tickets} tickets stay`}, without an account.`}
        </ConfirmDialog>
      </PageHeader>
      <AccountForm
        key={key}
        account={{
          id: account.id,
          hasSmtpPassword: account.hasSmtpPassword,
          hasImapPassword: account.hasImapPassword,
          hasStarted: account.hasStarted,
        }}
        values={values}
        detection={detection}
        {...signIn}
        signIn={signIn.signIn ?? (account.signIn && { ...account.signIn, isPending: false })}
        intervalSeconds={globalPolling(workers).intervalSeconds}
      />
    </>
  );
}

async function find(id: string): Promise<EditableAccount> {
  try {
    return await getEditableAccount(id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
}

/** What was typed before a sign-in stands again; where nobody typed, what is stored. */
function valuesOf(
  { values }: EditableAccount,
  typed: Record<string, string> | null,
): Record<string, string> {
  // A form sends its address whenever it sends anything.
  return typed && "email" in typed ? typed : { ...values, ...typed };
}
