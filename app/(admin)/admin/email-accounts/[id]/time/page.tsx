import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { PageHeader } from "@/app/ui/page-header";
import { getAccountTime } from "@/lib/accounts/time";
import { AppError } from "@/lib/errors";
import { TimeForm } from "./time-form";

export const metadata: Metadata = { title: "Hours and Targets" };

export default async function AccountTimePage({ params }: { params: Promise<{ id: string }> }) {
  const admin = await requireAdmin();
  const { id } = await params;
  const { email, values } = await find(admin, id);
  const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <PageHeader
        title={`Hours and targets of ${email}`}
        back={{ href: paths.editEmailAccount(id), label: `Edit ${email}` }}
      />
      <TimeForm
        id={id}
        values={{ ...values, timeZone: values.timeZone || ownZone }}
        zones={Intl.supportedValuesOf("timeZone")}
      />
    </>
  );
}

async function find(...asked: Parameters<typeof getAccountTime>) {
  try {
    return await getAccountTime(...asked);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
}
