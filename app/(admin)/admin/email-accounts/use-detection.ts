"use client";

import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { detect } from "./actions";
import type { FormDetection } from "./form-state";

const DETECTED_BY = [
  "email",
  "smtpHost",
  "smtpPort",
  "smtpSecurity",
  "imapHost",
  "imapPort",
  "imapSecurity",
];
const PAUSE_MS = 400;

export type DetectionOfForm = {
  detection: FormDetection | null;
  /** For the form's onInput and onBlur. */
  look: (event: FormEvent<HTMLFormElement>) => void;
  /** After fields were filled in by code, which causes no such event. */
  lookAgain: () => void;
};

/** Asks what is known about the hosts when typing pauses; only the newest answer counts. */
export function useDetection(
  form: RefObject<HTMLFormElement | null>,
  answered: FormDetection | null,
): DetectionOfForm {
  const [found, setFound] = useState(answered);
  const [basis, setBasis] = useState(answered);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  const asking = useRef("");
  if (basis !== answered) {
    setBasis(answered);
    setFound(answered);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = useCallback(
    async (withPassword: boolean) => {
      if (!form.current) return;
      const whole = new FormData(form.current);
      const data = new FormData();
      for (const name of withPassword ? [...DETECTED_BY, "smtpPassword"] : DETECTED_BY) {
        data.set(name, whole.get(name) ?? "");
      }
      const question = JSON.stringify([...data.values()]);
      if (question === asking.current) return;
      asking.current = question;
      const number = ++asked.current;
      try {
        const answer = await detect(data);
        if (number === asked.current) setFound(answer);
      } catch {
        // Offline, or signed out meanwhile: saving will say so. Nothing is detected until then.
        asking.current = "";
      }
    },
    [form],
  );
  const look = (event: FormEvent<HTMLFormElement>) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    // A password is looked at once it is whole, not at every letter.
    const isPassword = field.name === "smtpPassword" && event.type === "blur";
    if (!isPassword && !(DETECTED_BY.includes(field.name) && event.type === "input")) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(isPassword), isPassword ? 0 : PAUSE_MS);
  };
  const lookAgain = useCallback(() => void ask(false), [ask]);
  return { detection: found, look, lookAgain };
}
