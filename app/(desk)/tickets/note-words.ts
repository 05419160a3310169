import type { Language } from "@/app/words/dictionary";
import { filterWords } from "@/app/words/filters";
import type { GoneFilter } from "@/lib/tickets/gone-filters";
import type { AddressNote } from "@/lib/tickets/query";
import { SEARCH_STATES, type SearchNote } from "@/lib/tickets/search-query";

/** What of a list's address was not understood, in a sentence. */
export function addressNoteText(note: AddressNote, language: Language): string {
  const words = filterWords[language];
  const part = words.parts[note.part];
  return "value" in note ? words.unknown(part, note.value) : words.tooLong(part, note.charsMax);
}

/** What was made of a part of a search that was not understood, in a sentence or two. */
export function searchNoteText(note: SearchNote, language: Language): string {
  const words = filterWords[language];
  switch (note.kind) {
    case "many-words":
      return words.manyWords(note.max);
    case "many-operators":
      return words.manyOperators(note.text, note.max);
    case "no-operator":
      return words.noOperator(note.name, note.text);
    case "says-nothing":
      return words.saysNothing(note.operator);
    case "unknown-value": {
      const { operator, value } = note;
      return `${words.unknownValue(`${operator}:${value}`)} ${hintOn(operator, language)}`;
    }
    default:
      return note satisfies never;
  }
}

/** The values an operator takes. */
function hintOn(operator: string, language: Language): string {
  const words = filterWords[language];
  if (operator === "is") return words.known(SEARCH_STATES.join(", "));
  return operator === "has" ? words.knownIs("has:attachment") : words.dayHint;
}

/** What a filter asks for and is gone, in a sentence. */
export function goneText(gone: GoneFilter, language: Language): string {
  const words = filterWords[language];
  if (gone.what === "tag") return words.goneTag(gone.tag);
  return gone.what === "account" ? words.goneAccount : words.goneAssignee;
}
