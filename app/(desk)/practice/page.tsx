import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAgent } from "@/app/auth";
import { FirstSteps } from "@/app/first-steps/first-steps";
import { RemoveSamplesButton } from "@/app/first-steps/remove-samples";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { EmptyState } from "@/app/ui/empty-state";
import { Live } from "@/app/ui/live";
import { PageHeader } from "@/app/ui/page-header";
import { findPracticeOutcomes } from "@/lib/practice";
import { countSamples } from "@/lib/practice-removal";
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
  const agent = await requireAgent();
  if (!hasPracticeServer()) notFound();
  const samples = await countSamples();
  if (samples === null) return <Removed />;
  const state = await readPracticeState();
  return (
    <>
      <Live topics={["ticket", "inbound", "poll", "outbound"]} />
      <PageHeader title="Practice mail" />
      <FirstSteps viewer={agent} isFolded />
      <div className="gutter py-5">
        {state ? <Practice state={state} /> : <Callout tone="red" title={NO_ANSWER} role="alert" />}
        {agent.role === "ADMIN" && <Ending samples={samples} />}
      </div>
    </>
  );
}

function Removed() {
  return (
    <>
      <PageHeader title="Practice mail" />
      <EmptyState title="The sample tickets were removed.">
        Mail comes from your own email accounts now. To practise again, start a second Mailroom in a
        folder of its own:{" "}
        <code className="font-mono text-xs">
          MAILROOM_DATA_DIR=.data-practice PORT=3001 npm run quickstart
        </code>
      </EmptyState>
    </>
  );
}

/** For admins: how to go from practice to real mail. */
function Ending({ samples }: { samples: number }) {
  return (
    <section aria-labelledby="ending" className="mt-7 max-w-[840px] border-t border-rule pt-5">
      <h2 id="ending" className="text-section font-semibold">
        When you have practised enough
      </h2>
      <p className="mt-1 mb-3 max-w-[68ch] text-ink-2">
        Connect your own email account, then remove what the practice mail left.
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <LinkButton href={paths.newEmailAccount}>+ Add Email Account</LinkButton>
        <RemoveSamplesButton tickets={samples} />
      </div>
    </section>
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
