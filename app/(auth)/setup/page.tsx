import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { setupState } from "@/lib/setup-token";
import { paths } from "../../paths";
import { Brand } from "../../ui/brand";
import { Callout } from "../../ui/callout";
import { classNames } from "../../ui/class-names";
import { SetupForm } from "./setup-form";

export const metadata: Metadata = { title: "Set up" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SetupPage({ searchParams }: Props) {
  const { token } = await searchParams;
  const given = typeof token === "string" ? token : "";
  const state = await setupState(given);
  if (state === "closed") redirect(paths.login());
  return (
    <main
      id="main"
      className="mx-auto grid max-w-[1040px] grid-cols-[220px_minmax(0,560px)] gap-x-[72px] gap-y-9 px-8 pt-9 pb-14 max-md:block max-md:px-4 max-md:pt-[18px] max-md:pb-8"
    >
      <div className="col-span-full max-md:mb-3.5">
        <Brand />
      </div>
      <Steps />
      <section className="rounded-panel border border-rule bg-sheet px-8 pt-7 pb-[26px] max-md:px-4 max-md:py-5">
        {state === "open" ? <Open token={given} /> : <NeedsToken isGiven={given !== ""} />}
      </section>
    </main>
  );
}

function Open({ token }: { token: string }) {
  return (
    <>
      <h1 className="text-xl font-semibold tracking-[-0.01em]">Create the administrator</h1>
      <p className="mt-1 mb-5 text-ink-2">
        The administrator connects email accounts and adds people. Once this account exists, this
        page closes for good.
      </p>
      <SetupForm token={token} />
    </>
  );
}

function NeedsToken({ isGiven }: { isGiven: boolean }) {
  return (
    <>
      <h1 className="text-xl font-semibold tracking-[-0.01em]">Set up Mailroom</h1>
      {isGiven && (
        <Callout
          tone="red"
          role="alert"
          title="This set-up link is not the current one."
          className="mt-4"
        >
          Every start of the server makes a new link, and the one before stops working.
        </Callout>
      )}
      <p className="mt-3 text-ink-2">
        Nobody can sign in yet. So that only you can create the first account, the link for it
        stands in the server’s log:
      </p>
      <p className="mt-3 overflow-x-auto rounded-control border border-rule bg-sunk px-3 py-2 font-mono text-xs">
        INFO: First run: open …/setup?token=… to create the admin
      </p>
      <p className="mt-3 text-ink-2">Open that link in this browser.</p>
    </>
  );
}

const STEPS = ["Administrator", "Email account", "First ticket"];

function Steps() {
  return (
    <nav aria-label="Set-up steps">
      <ol className="max-md:mb-4 max-md:flex max-md:gap-3.5 max-md:border-b max-md:border-rule max-md:pb-3">
        {STEPS.map((step, index) => (
          <li
            key={step}
            aria-current={index === 0 ? "step" : undefined}
            className={classNames(
              "grid grid-cols-[22px_1fr] gap-2.5 py-2 max-md:flex max-md:py-0",
              index === 0 ? "font-semibold text-ink" : "text-ink-3",
            )}
          >
            <span
              className={classNames(
                "grid size-[22px] flex-none place-items-center rounded-full border text-xs/none font-semibold",
                index === 0 ? "border-accent bg-accent text-on-accent" : "border-edge-soft",
              )}
            >
              {index + 1}
            </span>
            <span className={index === 0 ? undefined : "max-md:sr-only"}>{step}</span>
          </li>
        ))}
      </ol>
    </nav>
  );
}
