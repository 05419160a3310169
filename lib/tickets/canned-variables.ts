/** What a canned reply can be filled in with, and what that is. */
export const VARIABLES = {
  "customer.name": "The customer’s name, or their address",
  "customer.first_name": "The customer’s first name, or their name or address",
  "ticket.number": "The ticket’s number, like 42",
  "ticket.subject": "The ticket’s subject",
  "agent.name": "Your own name",
} as const;

type Variable = keyof typeof VARIABLES;

/** `{{customer.first_name}}`, or with words for when it is empty: `{{customer.first_name|there}}`. */
const PLACE = /\{\{([^{}|]*)(?:\|([^{}]*))?\}\}/g;

/** What the variables of one ticket and agent stand for; empty where nobody knows. */
export type Filling = {
  customer: { name: string; email: string } | null;
  ticket: { number: number; subject: string };
  agent: { name: string };
};

/** The names in `{{…}}` that stand for nothing, once each, as they were written. */
export function unknownVariables(body: string): string[] {
  const names = [...body.matchAll(PLACE)].map(([, name = ""]) => name.trim());
  return [...new Set(names.filter((name) => !isVariable(name)))];
}

/**
 * The text for one ticket. A variable that is empty becomes what stands behind `|`, or what comes
 * closest; an unknown one stays as it is, so that somebody sees it before it is sent.
 */
export function fillIn(body: string, filling: Filling): string {
  return body.replace(PLACE, (whole, name: string, fallback: string | undefined) => {
    const variable = name.trim();
    if (!isVariable(variable)) return whole;
    return valueFor(variable, filling) || fallback?.trim() || nearest(variable, filling);
  });
}

/** "Wanda" of "Dr. Wanda Kowalska" and of "Kowalska, Wanda"; empty when that is no person's name. */
export function firstNameOf(name: string): string {
  const [family = "", given] = name.split(",", 2);
  const words = (given ?? family).trim().split(/\s+/);
  const first = words.find((word) => !TITLE.test(word)) ?? "";
  // One word may be a family name or a company, but it is what they call themselves.
  return first.includes("@") ? "" : first;
}

const TITLE = /^(mr|mrs|ms|miss|mx|dr|prof|sir|herr|frau|mme|m|sr|sra|dipl|ing)\.?$|\.-?ing\.?$/i;

function isVariable(name: string): name is Variable {
  return Object.hasOwn(VARIABLES, name);
}

function valueFor(variable: Variable, { customer, ticket, agent }: Filling): string {
  switch (variable) {
    case "customer.name":
      return customer?.name ?? "";
    case "customer.first_name":
      return firstNameOf(customer?.name ?? "");
    case "ticket.number":
      return String(ticket.number);
    case "ticket.subject":
      return ticket.subject;
    case "agent.name":
      return agent.name;
  }
}

function nearest(variable: Variable, { customer }: Filling): string {
  return variable.startsWith("customer.") ? customer?.name || customer?.email || "" : "";
}
