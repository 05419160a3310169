import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAgent } from "@/app/auth";
import { Callout } from "@/app/ui/callout";
import { Live } from "@/app/ui/live";
import { PageHeader } from "@/app/ui/page-header";
import { findPracticeOutcomes } from "@/lib/practice";
import { CustomerInbox } from "./customer-inbox";
import { SendForm } from "./forms";
import {
  hasPracticeServer,
  NO_ANSWER,
  type PracticeState,
  readPracticeState,
} from "./practice-server";
import { SentMailRow } from "./sent-mail";

export const metadata: Metadata = { title: "Practice mail" };

/** Sends mails of many kinds to the desk and shows each become a ticket; only in the quickstart. */
export default async function PracticePage() {
  await requireAgent();
  if (!hasPracticeServer()) notFound();
  const state = await readPracticeState();
  return (
    <>
      <Live topics={["ticket", "inbound", "poll", "outbound"]} />
      <PageHeader title="Practice mail" />
      <div className="gutter py-5">
        {state ? <Practice state={state} /> : <Callout tone="red" title={NO_ANSWER} role="alert" />}
      </div>
    </>
  );
}

async function Practice({ state }: { state: PracticeState }) {
  const uids = state.sent.map(({ uid }) => uid);
  const outcomes = await findPracticeOutcomes(state.uidValidity, uids);
  return (
    <div className="max-w-[840px] space-y-7">
      <section aria-labelledby="send">
        <h2 id="send" className="text-section font-semibold">
          Send a mail to the desk
        </h2>
        <p className="mt-1 max-w-[68ch] text-ink-2">
          The practice mail server puts it into the inbox of support@practice.test; the worker reads
          it from there like any other mail. Nothing leaves this machine.
        </p>
        <SendForm kinds={state.kinds} />
        {state.sent.length > 0 && (
          <ol className="mt-4 max-w-[600px]" aria-label="What became of the mails">
            {state.sent.map((mail) => (
              <SentMailRow key={mail.uid} mail={mail} outcome={outcomes.get(mail.uid)} />
            ))}
          </ol>
        )}
      </section>
      <section aria-labelledby="customer" className="border-rule border-t pt-5">
        <h2 id="customer" className="text-section font-semibold">
          The customer&apos;s inbox
        </h2>
        <CustomerInbox mails={state.customerInbox} />
      </section>
    </div>
  );
}
