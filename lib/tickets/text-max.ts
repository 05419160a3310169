/** Characters an agent may write at once. */
export const TEXT_MAX = 100_000;
