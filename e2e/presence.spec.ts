import { freePort } from "@/lib/db/processes";
import { createAccount, createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { addPerson, type Person } from "./harness/people";
import { startNode } from "./harness/process";

let anna: Person;
let ben: Person;
let customer: Person;

withDesk({ name: "presence" }, async () => {
  anna = await addPerson("AGENT", "Anna Arendt", "anna@presence.example");
  ben = await addPerson("AGENT", "Ben Okoye", "ben@presence.example");
  customer = await addPerson("CUSTOMER", "Carl Customer", "carl@presence.test");
  await createAccount({ email: "desk@presence.example", isDefault: true });
});

test("two agents at a ticket see who views it and who replies, as it happens", async ({
  openPage,
}) => {
  const { number } = await createTicket({ subject: "Two hands" });
  const annas = await openPage(anna);
  const bens = await openPage(ben);
  await annas.goto(`/tickets/${number}`);
  await expect(annas.getByRole("textbox", { name: "Reply" })).toBeVisible();
  const here = annas.getByRole("list", { name: "Also here" });
  await expect(here.getByRole("listitem")).toHaveCount(0);
  await bens.goto(`/tickets/${number}`);
  await expect(here).toHaveText(/Ben Okoye is viewing/);
  const there = bens.getByRole("list", { name: "Also here" });
  await expect(there).toHaveText(/Anna Arendt is viewing/);

  await annas.getByRole("textbox", { name: "Reply" }).pressSequentially("Hello");
  await expect(there).toHaveText(/Anna Arendt is replying/);
  await expect(there).not.toContainText("viewing");
  for (const look of ["light", "dark"] as const) {
    await bens.emulateMedia({ colorScheme: look });
    expect(await violationsOn(bens, look)).toEqual([]);
    await bens.screenshot({ path: `test-results/presence/replying-${look}.png` });
  }
  await annas.keyboard.press("Control+Enter");
  await expect(annas.getByText(/^Sending in \d+ s$/)).toBeVisible();
  await expect(there).toHaveText(/Anna Arendt is viewing/);

  // On to another page, by a link and by the address.
  await annas.getByRole("link", { name: "Contacts" }).click();
  await expect(there.getByRole("listitem")).toHaveCount(0);
  await bens.goto("about:blank");
  await annas.goto(`/tickets/${number}`);
  await expect(annas.getByRole("textbox", { name: "Reply" })).toBeVisible();
  await expect(here.getByRole("listitem")).toHaveCount(0);
});

test("agents on two web processes see each other", async ({ openPage, watch }) => {
  const port = String(await freePort());
  // The database is that of this desk; the rest of its settings stand in our own environment.
  const second = startNode("presence-web-2", ["scripts/web.mjs", port, "127.0.0.1"], {
    ...{ NODE_ENV: "production", PORT: port },
  });
  watch.allow(new RegExp(`^request to another host: http://127.0.0.1:${port}/`));
  try {
    await second.untilReady();
    const { number } = await createTicket({ subject: "Two processes" });
    const annas = await openPage(anna);
    await annas.goto(`/tickets/${number}`);
    const bens = await openPage(ben, { baseURL: `http://127.0.0.1:${port}` });
    await bens.goto(`/tickets/${number}`);
    const here = annas.getByRole("list", { name: "Also here" });
    await expect(here).toHaveText(/Ben Okoye is viewing/);
    await bens.getByRole("textbox", { name: "Reply" }).pressSequentially("Hi");
    await expect(here).toHaveText(/Ben Okoye is replying/);
    await bens.goto("about:blank");
    await expect(here.getByRole("listitem")).toHaveCount(0);
  } finally {
    await second.stop();
  }
});

test("a note disturbs nobody, and another ticket’s agents hear nothing", async ({ openPage }) => {
  const [one, two] = [await createTicket(), await createTicket()];
  const annas = await openPage(anna);
  await annas.goto(`/tickets/${one.number}`);
  const bens = await openPage(ben);
  const asked: string[] = [];
  bens.on("request", (request) => {
    if (request.method() === "GET" && request.url().includes("/api/presence/"))
      asked.push(request.url());
  });
  const listens = bens.waitForResponse((response) => response.url().includes("/api/events"));
  const isHere = bens.waitForResponse((response) => response.url().includes("/api/presence/"));
  await bens.goto(`/tickets/${two.number}`);
  await Promise.all([listens, isHere]);
  // One may hear of oneself, a moment later.
  let before = -1;
  await expect(async () => {
    before = asked.length;
    await bens.waitForTimeout(2_000);
    expect(asked).toHaveLength(before);
  }).toPass();
  await annas.getByRole("link", { name: "Internal note" }).first().click();
  await annas.getByRole("textbox", { name: "Internal note" }).pressSequentially("Hmm");
  const third = await openPage(ben);
  await third.goto(`/tickets/${one.number}`);
  const there = third.getByRole("list", { name: "Also here" });
  await expect(there).toHaveText(/Anna Arendt is viewing/);
  await third.waitForTimeout(500);
  await expect(there).toHaveText(/Anna Arendt is viewing/);
  expect(asked).toHaveLength(before);
  // It would have heard.
  await annas.goto(`/tickets/${two.number}`);
  await expect(bens.getByRole("list", { name: "Also here" })).toHaveText(/Anna Arendt is viewing/);
  await expect.poll(() => asked.length).toBeGreaterThan(before);
});

test("before JavaScript the page says who is there, and a customer is told nothing", async ({
  openPage,
  watch,
}) => {
  // What the browser says of scripts it was told not to run, and of the refusals below.
  watch.allow(
    /^request failed: \S+\/_next\/static\/\S+\.js csp$/,
    /^console error: Failed to load resource/,
  );
  const { number } = await createTicket();
  const annas = await openPage(anna);
  await annas.goto(`/tickets/${number}`);
  await expect(annas.getByRole("textbox", { name: "Reply" })).toBeVisible();
  const bens = await openPage(ben, { javaScriptEnabled: false });
  await expect(async () => {
    await bens.goto(`/tickets/${number}`);
    await expect(bens.getByText("Anna Arendt is viewing")).toBeVisible({ timeout: 1000 });
  }).toPass();

  const outside = await openPage(customer);
  await outside.goto("/my");
  const say = (body: string) =>
    outside.evaluate(
      ([address = "", state = ""]) =>
        fetch(address, { method: "POST", body: state }).then(({ status }) => status),
      [`/api/presence/${number}`, body],
    );
  expect(await say("viewing")).toBe(404);
  expect(await say("left")).toBe(404);
  expect(await say("x".repeat(100))).toBe(400);
  await bens.reload();
  await expect(bens.getByText("Anna Arendt is viewing")).toBeVisible();
  await expect(bens.getByText("Carl Customer is viewing")).toHaveCount(0);
});
