import type { ReactNode } from "react";
import { requireUser } from "../auth";
import { DeskShell, PortalShell } from "../ui/shell";

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const user = await requireUser();
  if (user.role !== "CUSTOMER") return <DeskShell user={user}>{children}</DeskShell>;
  return <PortalShell user={user}>{children}</PortalShell>;
}
