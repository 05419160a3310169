import { type ActionState, idle } from "@/app/action-state";
import type { Detection } from "@/lib/accounts/detect";
import type { DryRun, DryRunFailure } from "@/lib/accounts/dry-run";
import type { Finding } from "@/lib/accounts/find";
import type { SecurityChoice } from "@/lib/accounts/schema";
import type { ProbeResult } from "@/lib/transport/probe";

/** What the account form knows after a button was pressed. */
export type AccountFormState = {
  action: ActionState;
  /** The result of Test SMTP or Test IMAP. */
  report: ProbeResult | null;
  /** What the mails that are there would become. */
  dryRun: DryRun | DryRunFailure | null;
  /** What was found for the typed address and hosts; null before anything was sent. */
  detection: FormDetection | null;
  /** Servers that were found because some were blank and unknown; filled in, but not yet used. */
  finding: FormFinding | null;
  /** What was typed, without secrets: after a test there is no error that carries it. */
  values: Record<string, string> | null;
  /** The provider's page that the browser is to go to now. */
  leaveFor: string | null;
};

/** What was found for an address; `trouble` is why nothing could be asked. */
export type FormFinding = Finding & { trouble: string | null };

/** Nothing was found, for a reason that `trouble` of a FormFinding says. */
export const NOTHING: Finding = {
  ...{ domain: "", provider: null, smtp: null, imap: null, source: null, obstacle: null },
  ...{ strangers: [], attempts: [], mayLookUp: true, fields: {} },
};

/** What is shown while typing. */
export type FormDetection = Detection & {
  /** The typed password looks like the wrong kind for this provider. */
  passwordWarning: string | null;
  /** The encryption chosen under "Server settings". */
  choices: { smtp: SecurityChoice; imap: SecurityChoice };
};

export const untouched: AccountFormState = {
  action: idle,
  report: null,
  dryRun: null,
  detection: null,
  finding: null,
  values: null,
  leaveFor: null,
};

/** What a test button of the list knows. */
export type TestState = { action: ActionState; report: ProbeResult | null };

export const untested: TestState = { action: idle, report: null };
