import { ticketWords } from "@/app/words/tickets";

/** For the pages that are in English only. */
export const { priorities: PRIORITY_WORDS, sources: SOURCE_WORDS } = ticketWords.en;
