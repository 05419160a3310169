"use client";

import { Brand } from "./ui/brand";
import { Button } from "./ui/button";

/** A bug or a lost database. The cause is in the server's log under the same number. */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main id="main" lang="en" className="mx-auto max-w-[640px] px-8 pt-9 max-md:px-4">
      <Brand />
      <h1 className="mt-10 text-xl font-semibold tracking-[-0.01em]">
        This page could not be made
      </h1>
      <p className="mt-1 mb-4 text-ink-2" role="alert">
        Something went wrong on the server. Nothing you sent before is lost. Try again; if it stays,
        tell your administrator
        {error.digest ? (
          <>
            {" "}
            the number <code className="font-mono text-xs">{error.digest}</code>, which stands in
            the server’s log
          </>
        ) : null}
        .
      </p>
      <Button onClick={reset}>Try again</Button>
    </main>
  );
}
