import type { ReactNode } from "react";
import { requireAdmin } from "../auth";
import { DeskShell } from "../ui/shell";

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const user = await requireAdmin();
  return <DeskShell user={user}>{children}</DeskShell>;
}
