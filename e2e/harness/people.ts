import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { createUser } from "@/lib/users";
import { patient } from "./patient";

type Role = "ADMIN" | "AGENT" | "CUSTOMER";

/** Someone with an account on the desk, and what they type to sign in. */
export type Person = { id: string; email: string; name: string; role: Role; password: string };

type State = Exclude<BrowserContextOptions["storageState"], string | undefined>;

const signedIn = new WeakMap<Person, State>();

/** Makes a user with the product's own function: a real password, linked to a known contact. */
export async function addPerson(role: Role, name: string, email: string): Promise<Person> {
  const password = `${name} signs in here`;
  const { id } = await createUser(null, { email, name, role, password });
  return { id, email, name, role, password };
}

/** Signs in as people do. */
export async function signIn(page: Page, { email, password }: Pick<Person, "email" | "password">) {
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

/** The cookies of a person who has signed in; signs in at first use. */
export async function stateOf(browser: Browser, deskUrl: string, person: Person): Promise<State> {
  const known = signedIn.get(person);
  if (known) return known;
  const context = await browser.newContext({ baseURL: deskUrl });
  try {
    const page = patient(await context.newPage());
    await page.goto("/login");
    await signIn(page, person);
    const state = await context.storageState();
    signedIn.set(person, state);
    return state;
  } finally {
    await context.close();
  }
}
