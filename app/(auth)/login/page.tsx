import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { env } from "@/lib/env";
import { hasNoUsers } from "@/lib/users";
import { currentUser, homeOf } from "../../auth";
import { paths, safeCallback } from "../../paths";
import { Brand } from "../../ui/brand";
import { Envelope } from "./envelope";
import { LoginForm } from "./login-form";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function LoginPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams;
  const user = await currentUser();
  if (user) redirect(safeCallback(callbackUrl, env().APP_URL, homeOf(user.role)));
  if (await hasNoUsers()) redirect(paths.setup());
  const wanted = safeCallback(callbackUrl, env().APP_URL, "");
  return (
    <main id="main" className="grid min-h-dvh md:grid-cols-[minmax(0,1fr)_minmax(0,1.15fr)]">
      <div className="flex flex-col border-rule bg-sheet px-5 py-5 md:border-r md:px-[clamp(20px,6vw,88px)] md:py-10">
        <Brand />
        <div className="w-full py-10 md:my-auto md:max-w-[340px]">
          <h1 className="text-xl font-semibold tracking-[-0.01em]">Sign in</h1>
          <p className="mt-0.5 mb-[22px] text-ink-2">To your help desk</p>
          <LoginForm callbackUrl={wanted} failed={error !== undefined} />
        </div>
        <p className="text-xs text-ink-3">
          No account, or no password? An administrator can add you or set a new one.
        </p>
      </div>
      <div aria-hidden className="grid place-items-center p-16 max-md:hidden">
        <Envelope host={new URL(env().APP_URL).host} />
      </div>
    </main>
  );
}
