import { hashPassword } from "@/lib/passwords";
import { Dice } from "../generator/dice";
import type { Language } from "../generator/languages";
import { newPerson } from "../generator/people";
import type { CopyTable } from "./copy-table";
import { textsFor } from "./texts";
import { uuidAt } from "./tickets";

/** Who signs in for the measurements: one of the thirty agents. */
export const AGENT = { email: "agent1@desk.example", password: "the bench signs in here" };

export type Contact = {
  id: string;
  name: string;
  email: string;
  domain: string;
  language: Language;
};

/** Everyone and everything tickets belong to. Weights say how many of the tickets. */
export type Desk = {
  address: string;
  contacts: Contact[];
  agents: (readonly [string, number])[];
  accounts: (readonly [string, number])[];
  tags: (readonly [string, number])[];
  /** The file that all attachments have in common. */
  blob: string;
  firstTicketId: string | null;
};

type PeopleTables = {
  user: CopyTable;
  account: CopyTable;
  contact: CopyTable;
  tag: CopyTable;
  blob: CopyTable;
};

const AGENTS = 30;
const TAGS = 60;
const ACCOUNT_WEIGHTS = [40, 20, 15, 10, 7, 5, 2, 1];
const FIRST_TAGS = ["billing", "bug", "Rückgabe", "доставка", "請求書", "vip"];

/** Writes thirty agents, eight accounts, sixty tags and the contacts, and says who they are. */
export async function writePeople(
  tables: PeopleTables,
  { seed, contacts, start }: { seed: number; contacts: number; start: number },
): Promise<Desk> {
  const dice = new Dice(seed);
  const at = new Date(start).toISOString();
  let made = 0;
  const newId = () => uuidAt(start, made++, dice);
  const hash = await hashPassword(AGENT.password);
  const agents = Array.from({ length: AGENTS }, (_, n) => {
    const id = newId();
    tables.user.add([id, `agent${n + 1}@desk.example`, newPerson(dice, n).name, "AGENT", hash, at]);
    return [id, 1 / (n + 4)] as const;
  });
  const accounts = ACCOUNT_WEIGHTS.map((weight, n) => {
    const id = newId();
    const email = n === 0 ? "support@desk.example" : `team${n}@desk.example`;
    tables.account.add([id, email, "smtp.desk.example", 587, "STARTTLS", email, n === 0, at]);
    return [id, weight] as const;
  });
  const tags = Array.from({ length: TAGS }, (_, n) => {
    const id = newId();
    tables.tag.add([id, FIRST_TAGS[n] ?? `topic ${n}`]);
    return [id, 1 / (n + 1)] as const;
  });
  const blob = `\\x${"00".repeat(32)}`;
  tables.blob.add([blob, 20_000, "\\x00"]);
  const texts = textsFor(seed);
  const everyone = Array.from({ length: contacts }, (_, number) => {
    const { name, address, domain, language } = newPerson(dice, number);
    // A third have the names that many have.
    const full = dice.chance(0.33) ? name : texts.name(dice, language);
    const contact = { id: newId(), name: full, email: address, domain, language };
    tables.contact.add([contact.id, contact.email, contact.name, at, at]);
    return contact;
  });
  const address = "support@desk.example";
  return { address, contacts: everyone, agents, accounts, tags, blob, firstTicketId: null };
}
