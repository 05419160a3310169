"use client";

import { Trash2 } from "lucide-react";
import { ConfirmDialog } from "../ui/confirm-dialog";
import { useWords } from "../words/language-context";
import { stepsWords } from "../words/steps";
import { removeSamples } from "./actions";

/** Offered once an own account is connected: real mail should not stand among the samples. */
export function RemoveSamples({ tickets }: { tickets: number }) {
  const words = useWords(stepsWords);
  return (
    <div className="mt-2.5 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-rule pt-2.5">
      <p className="min-w-0 text-sm text-ink-2 md:grow">{words.samplesCanGo}</p>
      <RemoveSamplesButton tickets={tickets} />
    </div>
  );
}

/** Says what goes and what stays before anything is deleted. */
export function RemoveSamplesButton({ tickets }: { tickets: number }) {
  const words = useWords(stepsWords);
  return (
    <ConfirmDialog
      trigger={words.removeSamples}
      triggerIcon={<Trash2 aria-hidden className="icon" />}
      title={words.removeQuestion}
      confirm={words.removeSamples}
      busy={words.removing}
      action={removeSamples}
    >
      {words.removeMeans(tickets)}
    </ConfirmDialog>
  );
}
