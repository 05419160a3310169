import type { Metadata } from "next";
import { paths } from "./paths";
import { Brand } from "./ui/brand";
import { LinkButton } from "./ui/button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main id="main" lang="en" className="mx-auto max-w-[640px] px-8 pt-9 max-md:px-4">
      <Brand />
      <h1 className="mt-10 text-xl font-semibold tracking-[-0.01em]">There is nothing here</h1>
      <p className="mt-1 mb-4 text-ink-2">
        The address is wrong, what stood here is gone, or it is not for your account.
      </p>
      <LinkButton href={paths.home}>Go to the start</LinkButton>
    </main>
  );
}
