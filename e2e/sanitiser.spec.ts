import { expect, test, withDesk } from "./fixtures";
import { lookAround, openPayloads, watchEscapes } from "./harness/payload-count";
import { corpusPayloads, ourPayloads } from "./harness/payloads";
import { addPerson, type Person } from "./harness/people";

let agent: Person;

withDesk({ name: "sanitiser" }, async () => {
  agent = await addPerson("AGENT", "Ada Agent", "ada@sanitiser.example");
});

test("no payload runs, calls out, leads away or covers the app on a ticket", async ({
  browser,
  desk,
}) => {
  test.setTimeout(240_000);
  const corpus = corpusPayloads();
  if (corpus === null)
    console.info("Skipped the corpus: there is none; CORPORA_DIR names its folder");
  const payloads = [...ourPayloads(), ...(corpus ?? [])];
  const { opened, found } = await openPayloads({ browser, deskUrl: desk.url, agent, payloads });
  const { scripts, requests, navigations } = found;
  console.info(
    `Sanitiser: ${opened} payloads opened, ${scripts.length} scripts run, ` +
      `${requests.length} requests left, ${navigations.length} navigations`,
  );
  expect(found).toEqual({
    ...{ scripts: [], requests: [], navigations: [], covers: [], stoppedByWall: [] },
  });
  expect(opened).toBe(payloads.length);
});

test("without the walls the same payloads do all of that, and are seen doing it", async ({
  browser,
  desk,
}) => {
  const context = await browser.newContext({ baseURL: desk.url });
  const found = await watchEscapes(context, desk.url);
  let body = "";
  await context.route("**/tickets/1", (route) =>
    route.fulfill({ contentType: "text/html", body: `<!doctype html>${body}` }),
  );
  const page = await context.newPage();
  for (const { html } of ourPayloads()) {
    body = html;
    // Some lead away before the page is there.
    await page.goto("/tickets/1").catch(() => undefined);
    await page.mouse.move(20, 20);
  }
  body = `<article>x</article><iframe srcdoc=x style="position:fixed;inset:0;width:100vw;height:100vh">`;
  await page.goto("/tickets/1");
  const { covered } = await page.evaluate(lookAround);
  await context.close();
  expect(covered.length).toBeGreaterThan(20);
  expect(found.scripts.length).toBeGreaterThan(20);
  expect(new Set(found.requests).size).toBeGreaterThan(15);
  expect(found.navigations.length).toBeGreaterThan(3);
});
