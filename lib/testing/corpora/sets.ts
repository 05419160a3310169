import { bounces } from "./bounces";
import { helpdeskChatwoot, helpdeskDjango, mailGem } from "./by-reading";
import { forwardParser } from "./forwards";
import { mimeTrees } from "./mime-trees";
import { mime4j } from "./mime4j";
import { replyParser, replyTrimmer, talonHtml, talonMails, talonTexts } from "./replies";
import type { CorpusSet } from "./score";

/** Every set, in the order they are printed. */
export const CORPUS_SETS: readonly CorpusSet[] = [
  mimeTrees,
  mime4j,
  mailGem,
  helpdeskChatwoot,
  helpdeskDjango,
  replyTrimmer,
  replyParser,
  talonTexts,
  talonMails,
  talonHtml,
  forwardParser,
  bounces,
];
