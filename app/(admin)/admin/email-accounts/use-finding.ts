"use client";

import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { paths } from "@/app/paths";
import type { Finding } from "@/lib/accounts/find";
import { type FormFinding, NOTHING } from "./form-state";

type Side = "smtp" | "imap";
type Control = HTMLInputElement | HTMLSelectElement;

/** What belongs to one server, its host first. */
const FIELDS: Record<Side, readonly string[]> = {
  smtp: ["smtpHost", "smtpPort", "smtpSecurity", "smtpUsername"],
  imap: ["imapHost", "imapPort", "imapSecurity", "imapUsername"],
};
const SIDES = ["smtp", "imap"] as const;
const BLANK: Record<string, string> = { smtpSecurity: "auto", imapSecurity: "auto" };

export type FindingOfForm = {
  finding: FormFinding | null;
  /** Which servers were filled in and may be folded away. */
  folded: Record<Side, boolean>;
  /** The domain that is being looked at. */
  looking: string | null;
  /** For the form's onBlur: looks when an address was left and no server was typed. */
  onBlur: (event: FormEvent<HTMLFormElement>) => void;
  /** For a button. */
  lookNow: () => void;
};

/**
 * Finds the servers of the typed address and fills them in. What somebody typed is never touched:
 * only a server whose host is blank is filled in, or one that was filled in before.
 */
export function useFinding(
  form: RefObject<HTMLFormElement | null>,
  {
    answered,
    isNew,
    onFilled,
  }: { answered: FormFinding | null; isNew: boolean; onFilled: () => void },
): FindingOfForm {
  const [finding, setFinding] = useState(answered);
  const [basis, setBasis] = useState(answered);
  const [folded, setFolded] = useState(() => sidesOf(answered));
  const [looking, setLooking] = useState<string | null>(null);
  const asked = useRef("");
  const number = useRef(0);
  const ours = useRef<Record<string, string>>({});
  if (basis !== answered) {
    setBasis(answered);
    if (answered) setFinding(answered);
  }
  const fill = useCallback(
    (fields: Record<string, string>) => {
      const own = form.current;
      if (!own) return;
      const fillSide = (side: Side) => fillIn(own, { side, fields, ours: ours.current });
      setFolded({ smtp: fillSide("smtp"), imap: fillSide("imap") });
      ours.current = fields;
      onFilled();
    },
    [form, onFilled],
  );
  // After a button the answer comes with the page; what is on the screen is filled in here.
  useEffect(() => {
    if (answered) fill(answered.fields);
  }, [answered, fill]);

  const ask = async (email: string) => {
    asked.current = email;
    const own = ++number.current;
    setLooking(email.slice(email.lastIndexOf("@") + 1));
    const answer = await askServer(email);
    if (own !== number.current) return;
    setLooking(null);
    setFinding(answer);
    fill(answer?.fields ?? {});
  };
  const onBlur = (event: FormEvent<HTMLFormElement>) => {
    const field = event.target;
    if (!isNew || !(field instanceof HTMLInputElement) || field.name !== "email") return;
    const email = field.value.trim();
    if (email === asked.current || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) return;
    const isTyped = SIDES.some((side) => !isFree(form.current, `${side}Host`, [ours.current]));
    if (!isTyped) void ask(email);
  };
  const lookNow = () => {
    const email = controlOf(form.current, "email")?.value.trim() ?? "";
    if (email) void ask(email);
  };
  return { finding, folded, looking, onBlur, lookNow };
}

/** What the route answers. */
type Answer = { finding: Finding | null } | { message: string };

/** Offline, signed out or refused: there is no finding but the reason, and the fields stay open. */
async function askServer(email: string): Promise<FormFinding | null> {
  try {
    const response = await fetch(paths.servers, {
      ...{ method: "POST", body: JSON.stringify({ email }) },
      headers: { "content-type": "application/json" },
    });
    const answer: Answer = await response.json();
    if ("message" in answer) return { ...NOTHING, trouble: answer.message };
    return answer.finding && { ...answer.finding, trouble: null };
  } catch {
    return { ...NOTHING, trouble: "The servers could not be looked up. Enter them below." };
  }
}

type Fields = Record<string, string>;

/** @returns whether the server is filled in now and nobody is typing in it. */
function fillIn(
  form: HTMLFormElement,
  { side, fields, ours }: { side: Side; fields: Fields; ours: Fields },
): boolean {
  const [host = "", ...others] = FIELDS[side];
  if (!isFree(form, host, [ours, fields])) return false;
  for (const name of [host, ...others]) {
    const control = controlOf(form, name);
    if (control && isFree(form, name, [ours])) control.value = fields[name] ?? BLANK[name] ?? "";
  }
  const isInside = Boolean(document.activeElement?.closest("[data-server]"));
  return Boolean(fields[host]) && !isInside;
}

/** Whether a field is blank, or holds what was filled in. */
function isFree(form: HTMLFormElement | null, name: string, filledIn: Fields[]): boolean {
  const value = controlOf(form, name)?.value ?? "";
  return value === (BLANK[name] ?? "") || filledIn.some((fields) => fields[name] === value);
}

function sidesOf(finding: FormFinding | null): Record<Side, boolean> {
  return { smtp: Boolean(finding?.smtp), imap: Boolean(finding?.imap) };
}

function controlOf(form: HTMLFormElement | null, name: string): Control | null {
  const control = form?.elements.namedItem(name);
  return control instanceof HTMLInputElement || control instanceof HTMLSelectElement
    ? control
    : null;
}
