import type { ReactNode } from "react";
import { env } from "@/lib/env";
import { Brand } from "../ui/brand";
import { Main } from "../ui/main";
import { Envelope } from "./envelope";

/** The frame of the pages before sign-in: the form at the left, the drawing beside it. */
export function AuthFrame({
  title,
  lead,
  foot,
  children,
}: {
  title: string;
  lead: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Main className="grid min-h-dvh md:grid-cols-[minmax(0,1fr)_minmax(0,1.15fr)]">
      <div className="flex flex-col border-rule bg-sheet px-5 py-5 md:border-r md:px-[clamp(20px,6vw,88px)] md:py-10">
        <Brand />
        <div className="w-full py-10 md:my-auto md:max-w-[340px]">
          <h1 className="text-xl font-semibold tracking-[-0.01em]">{title}</h1>
          <div className="mt-0.5 mb-[22px] text-ink-2">{lead}</div>
          {children}
        </div>
        {foot && <div className="text-xs text-ink-3">{foot}</div>}
      </div>
      <div aria-hidden className="grid place-items-center p-16 max-md:hidden">
        <Envelope host={new URL(env().APP_URL).host} />
      </div>
    </Main>
  );
}
