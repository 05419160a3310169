import { ticketWords } from "@/app/words/tickets";

/** For the pages that are in English only. */
export const {
  priorities: PRIORITY_WORDS,
  sources: SOURCE_WORDS,
  statuses: STATUS_WORDS,
} = ticketWords.en;
