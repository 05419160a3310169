/** What a bench must come to. */
export type Reach = { atLeast: number } | { atMost: number };

/** One line of the table, and one entry of the `--json` file. */
export type Figure = {
  name: string;
  value: number;
  unit: string;
  /** None: it is only printed. */
  reach?: Reach;
  /** What it was made of, in words for the table. */
  note?: string;
};

export type PartOptions = {
  seed: number;
  /** Mails of the ingest bench; the other parts scale with it. */
  mails: number;
  /** IMAP with TLS, as accounts on other machines have it. */
  tls: boolean;
};

/** The full size of the runs, which the reaches are meant for. */
export const MAILS_FULL = 5_000;

/** One bench: it has its process to itself, and cleans up what it started. */
export type Part = { name: string; run(options: PartOptions): Promise<Figure[]> };

/** A number of mails as much smaller than `full` as the run is. */
export function scaled(full: number, { mails }: PartOptions): number {
  return Math.max(10, Math.round((full * mails) / MAILS_FULL));
}

export function isMet({ value, reach }: Figure): boolean | null {
  if (!reach) return null;
  return "atLeast" in reach ? value >= reach.atLeast : value <= reach.atMost;
}
