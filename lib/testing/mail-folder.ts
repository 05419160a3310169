import { afterAll, beforeAll, beforeEach } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "./database";
import { type FaultProxy, startFaultProxy } from "./fault-proxy";
import { type MailBed, startMailBed } from "./mail-bed";
import { saveMails } from "./maildir";

/** Who signs in. */
export const USER = "support@example.test";

/** The servers of this test file. */
export let bed: MailBed;
/** Before the bed's IMAP server, without encryption; it breaks nothing at a test's beginning. */
export let proxy: FaultProxy;
/** The folder of the test that runs, made by Dovecot and empty at its beginning. */
export let folder = "";

/**
 * Gives a file a mail bed with a fault proxy, and each of its tests an empty database and a folder of
 * its own.
 */
export function useMailFolder(): void {
  let folders = 0;
  useTestDatabase();
  beforeAll(async () => {
    bed = await startMailBed();
    proxy = await startFaultProxy(bed.imapPort);
  });
  afterAll(async () => {
    await proxy?.close();
    await bed?.stop();
  });
  beforeEach(async () => {
    await emptyDatabase(db().pool);
    proxy.set({});
    folders += 1;
    folder = `F${folders}`;
    await bed.doveadm("mailbox", "create", "-u", USER, folder);
  });
}

/** Puts mails into the test's folder. */
export const arrive = (...mails: string[]) => saveMails(bed, { user: USER, folder }, mails);
