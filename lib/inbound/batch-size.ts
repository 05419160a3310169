/**
 * Mails and bytes of one batch: what is fetched, stored, claimed, read and written together. Every
 * statement of a batch is planned, sent and answered once, so larger ones cost less for each mail; two
 * that are read, one that is written and one that is fetched are in memory at once.
 */
export const BATCH = { mails: 200, bytes: 8 * 1024 * 1024 };
