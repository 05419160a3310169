/** What an agent chose about what stands below their words; null as long as they have not. */
export type BelowChoice = {
  isQuoting: boolean | null;
  isQuotingToNewcomers: boolean;
  withFiles: boolean;
};

export const UNCHOSEN: BelowChoice = {
  isQuoting: null,
  isQuotingToNewcomers: false,
  withFiles: true,
};
