"use client";

import { Trash2 } from "lucide-react";
import { ConfirmDialog } from "../ui/confirm-dialog";
import { removeSamples } from "./actions";

/** Offered once an own account is connected: real mail should not stand among the samples. */
export function RemoveSamples({ tickets }: { tickets: number }) {
  return (
    <div className="mt-2.5 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-rule pt-2.5">
      <p className="min-w-0 text-sm text-ink-2 md:grow">
        Your own account is connected, so the practice mail can go.
      </p>
      <RemoveSamplesButton tickets={tickets} />
    </div>
  );
}

/** Says what goes and what stays before anything is deleted. */
export function RemoveSamplesButton({ tickets }: { tickets: number }) {
  const all = tickets === 1 ? "The ticket" : `All ${tickets} tickets`;
  return (
    <ConfirmDialog
      trigger="Remove the sample tickets"
      triggerIcon={<Trash2 aria-hidden className="icon" />}
      title="Remove the sample tickets?"
      confirm="Remove the sample tickets"
      busy="Removing…"
      action={removeSamples}
    >
      {all} of support@practice.test, with your answers and notes, and the account itself are
      deleted, and Practice mail ends. Tickets of your own accounts stay. A later start does not
      bring the samples back.
    </ConfirmDialog>
  );
}
