import { createAccount } from "@/lib/testing/factories";
import { ADMIN } from "./callers";
import { type ActionCase, accountForm, NOWHERE } from "./calls";

const IMPORT = "app/(admin)/admin/email-accounts/import/actions.ts";
const ACCOUNTS = "app/(admin)/admin/email-accounts/actions.ts";

/** What is done with many accounts, and the look into a mailbox: part of ACTIONS. */
export const IMPORT_ACTIONS: Record<string, ActionCase[]> = {
  [`${IMPORT}#submitImport`]: [
    {
      what: "a file that is none",
      call: async () => ({ form: { file: "email", intent: "check" } }),
      ...{ allowed: ADMIN, answers: /Choose a CSV file/ },
    },
  ],
  [`${IMPORT}#testImported`]: [
    {
      what: "an account",
      call: async () => ({
        form: { id: (await createAccount({ ...NOWHERE, smtpUsername: "" })).id },
      }),
      ...{ allowed: ADMIN, isPlain: true, answers: /Nothing answers on 127\.0\.0\.1/ },
    },
  ],
  [`${ACCOUNTS}#listFolders`]: [
    {
      what: "the folders of any mailbox",
      call: async () => ({ form: accountForm() }),
      ...{ allowed: ADMIN, isPlain: true, answers: /Nothing answers on 127\.0\.0\.1/ },
    },
  ],
};
