import "server-only";
import { z } from "zod";
import { AppError } from "@/lib/errors";

const stateSchema = z.object({
  uidValidity: z.number(),
  kinds: z.array(z.object({ id: z.string(), label: z.string() })),
  sent: z.array(z.object({ uid: z.number(), sentAt: z.string(), what: z.string() })),
  customerInbox: z.array(
    z.object({
      uid: z.number(),
      receivedAt: z.string(),
      from: z.string(),
      to: z.string(),
      toName: z.string(),
      subject: z.string(),
      text: z.string(),
    }),
  ),
});

export type PracticeState = z.output<typeof stateSchema>;
export type SentMail = PracticeState["sent"][number];
export type CustomerMail = PracticeState["customerInbox"][number];

/** Only the quickstart runs a practice mail server. */
export const hasPracticeServer = () => process.env.MAILROOM_PRACTICE === "1";

/** What the practice mail server has sent and received; null when it does not answer. */
export async function readPracticeState(): Promise<PracticeState | null> {
  try {
    return stateSchema.parse(await (await ask("GET", "/state")).json());
  } catch {
    return null;
  }
}

/** Puts a new mail of this kind into the support inbox. */
export async function sendPracticeMail(kind: string): Promise<void> {
  await order("/send", { kind }, "There is no such kind of practice mail.");
}

/** Answers a mail of the customer's inbox. */
export async function sendCustomerAnswer(uid: number, text: string): Promise<void> {
  await order("/answer", { uid, text }, "That mail is not in the customer's inbox any more.");
}

async function order(path: string, body: object, missing: string): Promise<void> {
  const response = await ask("POST", path, body).catch(() => null);
  if (response?.status === 404) throw new AppError("not-found", missing);
  if (!response?.ok) throw new AppError("unavailable", NO_ANSWER);
}

export const NO_ANSWER =
  "The practice mail server does not answer. Start it again with `npm run quickstart`.";

function ask(method: "GET" | "POST", path: string, body?: object): Promise<Response> {
  const { MAILROOM_PRACTICE_URL: url, MAILROOM_PRACTICE_TOKEN: token } = process.env;
  return fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    body: body && JSON.stringify(body),
    cache: "no-store",
    signal: AbortSignal.timeout(10_000),
  });
}
