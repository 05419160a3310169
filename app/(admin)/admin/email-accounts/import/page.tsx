import type { Metadata } from "next";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { IMPORT_COLUMNS } from "@/lib/accounts/import-columns";
import { importTemplate } from "@/lib/accounts/import-csv";
import { ImportForm } from "./import-form";

export const metadata: Metadata = { title: "Import email accounts" };

export default async function ImportAccountsPage() {
  await requireAdmin();
  return (
    <>
      <PageHeader
        title="Import email accounts"
        back={{ href: paths.emailAccounts, label: "Email Accounts" }}
      />
      <ImportForm
        template={`data:text/csv;charset=utf-8,${encodeURIComponent(importTemplate())}`}
        columns={IMPORT_COLUMNS.map(({ label }) => label)}
      />
    </>
  );
}
