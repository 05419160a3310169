import { saveClient } from "@/lib/oauth/clients";
import { createAccount } from "@/lib/testing/factories";
import { type ActionCase, accountForm, admins, nobody } from "./calls";

const SETTINGS = "app/(admin)/admin/settings/actions.ts";

const owner = { id: null, role: "ADMIN" as const };
let counter = 0;

/** An app at the provider that is set up. */
async function setUp(provider: "MICROSOFT" | "GOOGLE"): Promise<void> {
  const clientId = `app-${++counter}`;
  await saveClient(owner, provider, { clientId, clientSecret: "secret" });
}

/** The actions about signing in at providers, in files of their own: part of ACTIONS. */
export const SIGN_IN_ACTIONS: Record<string, ActionCase[]> = {
  [`${SETTINGS}#saveSignInApp`]: [
    ...admins("another app", async () => ({
      form: { provider: "GOOGLE", clientId: `app-${++counter}`, clientSecret: "secret" },
    })),
    nobody("an app without a secret", async () => ({
      form: { provider: "GOOGLE", clientId: `app-${++counter}`, clientSecret: "" },
    })),
  ],
  [`${SETTINGS}#removeSignInApp`]: admins("the app of a provider", async () => {
    await setUp("MICROSOFT");
    return { form: { provider: "MICROSOFT" } };
  }),
  "app/oauth/actions.ts#reconnect": [
    ...admins("an account that signs in", async () => {
      await setUp("MICROSOFT");
      return { form: { id: (await createAccount({ provider: "MICROSOFT" })).id } };
    }),
    nobody("an account with a password", async () => ({
      form: { id: (await createAccount()).id },
    })),
  ],
};

/** The buttons of the account form that are about signing in: part of submitAccount's cases. */
export const SIGN_IN_BUTTONS: ActionCase[] = [
  ...admins("the beginning of a sign-in", async () => {
    await setUp("MICROSOFT");
    return { form: { ...accountForm(), intent: "sign-in-microsoft" } };
  }),
  nobody("a sign-in for an account that is not there", async () => {
    await setUp("GOOGLE");
    const id = "01900000-0000-7000-8000-000000000000";
    return { form: { ...accountForm(), id, intent: "sign-in-google" } };
  }),
  nobody("app access without a tenant", async () => {
    await setUp("MICROSOFT");
    return { form: { ...accountForm(), intent: "app-access" } };
  }),
];
