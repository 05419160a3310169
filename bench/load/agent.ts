import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "@/lib/testing/random";
import { fieldsOfForm } from "../desk/form";
import type { Visitor } from "../desk/web";

/** What all agents did: every page with its time, answers taken, and what went wrong. */
export type AgentWork = {
  pages: { kind: "list" | "ticket" | "answer"; ms: number }[];
  replies: number;
  errors: string[];
};

const LISTS = [
  "",
  "?view=unassigned",
  "?view=my-open",
  "?view=waiting",
  "?q=order",
  "?priority=HIGH",
];
const CUSTOMER = "@customer.test";
/** How long a page is looked at. */
const LOOK_MS = { least: 4_000, most: 16_000 };

/**
 * An agent's day, until it is over: a list, a ticket of it, and an answer where a customer of the bed
 * wrote, one in two times; another list. Nothing stops it: what goes wrong is noted.
 */
export async function workAs(
  visitor: Visitor,
  work: AgentWork,
  isOver: () => boolean,
  seed: number,
): Promise<void> {
  const random = randomFrom(seed + 1);
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)];
  const look = () => sleep(LOOK_MS.least + random() * (LOOK_MS.most - LOOK_MS.least));
  const timed = async (kind: AgentWork["pages"][number]["kind"], what: () => Promise<string>) => {
    const startedAt = performance.now();
    const html = await what();
    work.pages.push({ kind, ms: performance.now() - startedAt });
    return html;
  };
  while (!isOver()) {
    try {
      const list = await timed("list", () => visitor.read(`/tickets${pick(LISTS) ?? ""}`));
      const tickets = [...list.matchAll(/href="(\/tickets\/\d+)"/g)].map(([, path = ""]) => path);
      await look();
      const path = pick(tickets);
      if (!path || isOver()) continue;
      const page = await timed("ticket", () => visitor.read(path));
      await look();
      if (isOver() || !page.includes(CUSTOMER) || random() < 0.5) continue;
      const fields = fieldsOfForm(page, "reply-text");
      fields.set("text", `Thank you, we look into it.\n\nAgent ${seed}`);
      const answer = await timed("answer", () => visitor.send(path, fields));
      // Somebody else was faster: the page says so, and the text is still there.
      if (!answer.includes("A new message came in")) work.replies += 1;
    } catch (error) {
      work.errors.push(error instanceof Error ? error.message : String(error));
      await look();
    }
  }
}
