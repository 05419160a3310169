import { type LineAnswer, type LineServer, startLineServer } from "./line-server";

/** The moments of an SMTP session at which the server can fail. */
export const SMTP_STEPS = ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "dot"] as const;
export type SmtpStep = (typeof SMTP_STEPS)[number];

const WELL: Record<SmtpStep, string> = {
  greeting: "220 failing.test ESMTP\r\n",
  EHLO: "250-failing.test\r\n250 AUTH PLAIN\r\n",
  AUTH: "235 2.7.0 welcome\r\n",
  MAIL: "250 2.1.0 ok\r\n",
  RCPT: "250 2.1.5 ok\r\n",
  DATA: "354 go ahead\r\n",
  dot: "250 2.0.0 taken\r\n",
};

/**
 * Starts an SMTP server that goes along until `step`, and there answers as told, hangs up ("drop") or
 * says nothing any more (null). smtp-server can't fail at the greeting, nor in place of the 354.
 */
export function startFailingSmtp(step: SmtpStep, fault: LineAnswer): Promise<LineServer> {
  let isInMail = false;
  const answerTo = (at: SmtpStep) => (at === step ? fault : WELL[at]);
  const greeting = step === "greeting" ? null : WELL.greeting;
  return startLineServer(greeting, (line) => {
    if (isInMail && line !== ".") return "";
    const verb = line === "." ? "dot" : (line.split(/[ :]/)[0] ?? "").toUpperCase();
    const at = SMTP_STEPS.find((known) => known === verb);
    if (!at) return verb === "QUIT" ? "221 bye\r\n" : "500 what?\r\n";
    const answer = answerTo(at);
    isInMail = at === "DATA" && answer === WELL.DATA;
    return answer;
  });
}
