import type { FirstStep, StepPlace } from "@/lib/first-steps";
import { paths } from "../paths";
import type { WordsIn } from "../words/dictionary";
import type { stepsWords } from "../words/steps";

type Words = WordsIn<typeof stepsWords>;

/** A step in the words of the guide and of the buttons it is about. */
export function tellStep(
  step: FirstStep,
  ownAddress: string | null,
  words: Words,
): { title: string; hint: string; action: string | undefined } {
  const { title, hint } = words.steps[step.id];
  return {
    title,
    hint: hint.replace("{address}", () => ownAddress ?? words.yourAddress),
    action: actionOf(step, words),
  };
}

function actionOf({ id, place }: FirstStep, words: Words): string | undefined {
  switch (id) {
    case "read-sample":
    case "answer-sample":
    case "first-answer":
      return place?.page === "ticket" ? words.openTicket(place.number) : words.tickets;
    case "customer-answers":
      return words.practice;
    case "connect":
      return words.addAccount;
    case "poll":
      return place?.page === "accounts" ? words.accounts : undefined;
    case "first-mail":
      return undefined;
    case "colleague":
      return words.addPerson;
    default:
      return id satisfies never;
  }
}

export function pathOf(place: StepPlace): string | null {
  switch (place?.page) {
    case "ticket":
      return paths.ticket(place.number);
    case "tickets":
      return paths.tickets();
    case "practice":
      return paths.practice;
    case "new-account":
      return paths.newEmailAccount;
    case "accounts":
      return paths.emailAccounts;
    case "new-person":
      return paths.newPerson;
    default:
      return (place satisfies null | undefined) ?? null;
  }
}
