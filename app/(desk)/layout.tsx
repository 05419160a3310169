import type { ReactNode } from "react";
import { requireAgent } from "../auth";
import { DeskShell } from "../ui/shell";

export default async function DeskLayout({ children }: { children: ReactNode }) {
  const user = await requireAgent();
  return <DeskShell user={user}>{children}</DeskShell>;
}
