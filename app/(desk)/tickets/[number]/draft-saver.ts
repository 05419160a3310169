import { paths } from "@/app/paths";
import type { Draft, DraftKind } from "@/lib/tickets/drafts";
import {
  type DraftAnswer,
  draftAnswerOf,
  fieldsOf,
  isSame,
  messageIn,
  type Written,
  writtenOf,
} from "./draft-answer";

/** From the last key to the save. */
const QUIET_MS = 1_500;
/** However fast somebody types, a save is never further away. */
const SAVE_MS_MAX = 5_000;
const RETRY_MS = [2_000, 4_000, 8_000, 15_000];
/** What browsers let a page send while it goes away. */
const PARTING_BYTES_MAX = 60_000;

/** What a tab keeps itself, and the version it was made from. */
export type Stash = Written & {
  base: string | null;
  /** The server may not have it. */
  isDirty: boolean;
};

export type SaveState =
  | { status: "idle" }
  | { status: "saved" }
  | { status: "failing"; why: string; isSignedOut: boolean }
  /** Another tab or computer saved another text meanwhile. */
  | { status: "newer"; draft: Draft }
  /** Another tab sent or discarded it. */
  | { status: "gone" };

type Options = {
  number: number;
  kind: DraftKind;
  /** Whose text it is: on a shared computer it is not shown to the next one. */
  viewerId: string;
  /** The version the page was made from. */
  base: string | null;
  read: () => Written;
  onState: (state: SaveState) => void;
  onVersion: (version: string | null) => void;
};

/**
 * Keeps what is being written on the server: a moment after the last key, and when the page goes away.
 * While that fails it goes on trying, and the text is kept in the tab itself.
 */
export class DraftSaver {
  private base: string | null;
  /** The newest version this tab has known: an older one in a page that was made earlier is no news. */
  private newest: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dirtySince: number | null = null;
  private failures = 0;
  private saving: Promise<void> | null = null;
  /** What was sent last: an answer that got lost is known by it. */
  private lastSent: Written | null = null;
  private isOvertaken = false;
  /** The form is on its way: a save now could outlive what is sent. */
  private isPaused = false;
  private wasSaving = false;

  constructor(private readonly options: Options) {
    this.base = options.base;
    this.newest = options.base ?? "";
  }

  /** Something was written: it is saved soon. */
  touch(): void {
    this.dirtySince ??= Date.now();
    if (this.isOvertaken || this.isPaused || this.failures > 0) return;
    this.plan(Math.min(QUIET_MS, Math.max(0, this.dirtySince + SAVE_MS_MAX - Date.now())));
  }

  /** The form is being sent: nothing is saved until it is known what became of it. */
  pause(): void {
    clearTimeout(this.timer);
    this.isPaused = true;
    this.wasSaving = this.saving !== null;
  }

  /** It was not sent: the draft is kept on. */
  resume(): void {
    this.isPaused = false;
    this.failures = 0;
    if (this.dirtySince !== null) this.touch();
  }

  /** The page goes away or is hidden: what is not saved yet leaves with it. */
  part(): void {
    const written = this.options.read();
    if (written.text.trim() === "" && this.dirtySince === null) return;
    // A page that comes back out of the browser's memory may show an older one.
    if (this.dirtySince === null || this.isOvertaken) {
      this.stash(written, this.isOvertaken);
      return;
    }
    const body = this.bodyOf(written);
    const isSent =
      new Blob([body]).size <= PARTING_BYTES_MAX &&
      navigator.sendBeacon(paths.drafts(), new Blob([body], { type: "application/json" }));
    if (isSent) this.lastSent = written;
    // Nobody hears whether it arrived.
    this.stash(written);
  }

  /** Goes on with this tab's text in the place of `version`. */
  takeOver(version: string | null): void {
    this.isOvertaken = false;
    this.setBase(version);
    this.dirtySince ??= Date.now();
    this.plan(0);
  }

  /** Shows what is kept already: nothing is left to save. */
  adopt(version: string | null): void {
    this.stop();
    this.isOvertaken = false;
    this.setBase(version);
    this.unstash();
  }

  /** It was sent, or is thrown away: a save that is on its way must not bring it back. */
  async end(isDiscarded: boolean): Promise<void> {
    const { saving, isOvertaken: wasOvertaken } = this;
    const mayBeLate = saving !== null || this.wasSaving;
    this.isPaused = false;
    this.wasSaving = false;
    this.adopt(null);
    if (saving) {
      await saving;
      this.setBase(null);
    }
    if ((isDiscarded || mayBeLate) && !wasOvertaken) {
      const { number, kind } = this.options;
      await fetch(paths.drafts({ number, kind }), { method: "DELETE" }).catch(() => undefined);
    }
    if (this.dirtySince === null) this.options.onState({ status: "idle" });
  }

  /** Nothing is waiting to be saved, nor for a choice. */
  get isClean(): boolean {
    return this.dirtySince === null && !this.saving && !this.isOvertaken;
  }

  /** Whether this is a version the page has not seen. */
  isNews({ savedAt }: Draft): boolean {
    return savedAt > this.newest;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.dirtySince = null;
    this.failures = 0;
  }

  /** What the tab kept; null when there is nothing. */
  stashed(): Stash | null {
    try {
      const found: unknown = JSON.parse(sessionStorage.getItem(this.stashKey) ?? "null");
      const { base, isDirty } = fieldsOf(found);
      const written = writtenOf(found);
      return (
        written && {
          ...written,
          base: typeof base === "string" ? base : null,
          isDirty: isDirty === true,
        }
      );
    } catch {
      return null;
    }
  }

  unstash(): void {
    try {
      sessionStorage.removeItem(this.stashKey);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    }
  }

  /** Another text is kept: nothing is saved until somebody has chosen. */
  overtake(draft: Draft): void {
    this.isOvertaken = true;
    this.options.onState({ status: "newer", draft });
  }

  private get stashKey(): string {
    const { viewerId, number, kind } = this.options;
    return `draft ${viewerId} ${number} ${kind}`;
  }

  private stash(written: Written, isDirty = true): void {
    try {
      const stash: Stash = { ...written, base: this.base, isDirty };
      sessionStorage.setItem(this.stashKey, JSON.stringify(stash));
    } catch {
      // Full or forbidden: the page still says that it is not saved.
    }
  }

  private setBase(version: string | null): void {
    this.base = version;
    if (version && version > this.newest) this.newest = version;
    this.options.onVersion(version);
  }

  private plan(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), ms);
  }

  private save(): Promise<void> {
    this.saving ??= this.send().finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  private async send(): Promise<void> {
    if (this.dirtySince === null) return;
    const began = this.dirtySince;
    this.dirtySince = null;
    const written = this.options.read();
    const before = this.lastSent;
    this.lastSent = written;
    try {
      const response = await fetch(paths.drafts(), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: this.bodyOf(written),
      });
      if (!response.ok) return this.fail(began, written, await refusalOf(response));
      const answer = draftAnswerOf(await response.json());
      if (!answer) throw new Error("not an answer");
      this.heard(answer, { written, before, began });
    } catch {
      this.fail(began, written, {
        why: "The server can’t be reached. Trying again.",
        isSignedOut: false,
      });
    }
  }

  private heard(
    answer: DraftAnswer,
    { written, before, began }: { written: Written; before: Written | null; began: number },
  ): void {
    this.failures = 0;
    if (answer.outcome === "saved") {
      this.setBase(answer.savedAt);
      this.unstash();
      this.options.onState({ status: answer.savedAt ? "saved" : "idle" });
      if (this.dirtySince !== null) this.touch();
      return;
    }
    if (answer.outcome === "gone") {
      this.isOvertaken = true;
      this.stash(written);
      this.options.onState({ status: "gone" });
      return;
    }
    const { draft } = answer;
    if (isSame(draft, written) || (before && isSame(draft, before))) {
      // It is our own, whose answer never came.
      this.setBase(draft.savedAt);
      this.dirtySince ??= began;
      this.plan(0);
      return;
    }
    this.stash(written);
    this.overtake(draft);
  }

  private fail(
    began: number,
    written: Written,
    state: { why: string; isSignedOut: boolean },
  ): void {
    this.dirtySince ??= began;
    this.stash(written);
    this.options.onState({ status: "failing", ...state });
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 0;
    this.failures += 1;
    this.plan(wait);
  }

  private bodyOf(written: Written): string {
    const { number, kind } = this.options;
    return JSON.stringify({ number, kind, base: this.base, ...written });
  }
}

async function refusalOf(response: Response): Promise<{ why: string; isSignedOut: boolean }> {
  const isSignedOut = response.status === 401;
  if (isSignedOut) return { why: "You are signed out.", isSignedOut };
  const said = messageIn(await response.json().catch(() => null));
  return { why: said ?? "The server has a problem. Trying again.", isSignedOut };
}
