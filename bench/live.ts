import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Page } from "@playwright/test";
import nodemailer from "nodemailer";
import { signIn } from "@/e2e/harness/people";
import { createTicket } from "@/lib/testing/factories";
import { randomFrom } from "@/lib/testing/random";
import { rawMail } from "@/lib/testing/raw-mail";
import { createUser } from "@/lib/users";
import config from "@/playwright.config";
import { runAlone } from "./alone";
import { AGENT } from "./desk/people";
import { hasBuild, startWeb } from "./desk/web";
import { ManyWorld } from "./many-world";
import { type Figure, type Part, type PartOptions, scaled } from "./part";
import { quantile } from "./quantile";

const MAILS = 40;
const USER = "live@example.test";

/**
 * One mail after the other, by LMTP to Dovecot: from its "250" until an agent's open list, in Chromium,
 * says so on its button. Wants `npm run build` first.
 */
export const part: Part = {
  name: "live",
  async run(options: PartOptions): Promise<Figure[]> {
    if (!hasBuild()) throw new Error("There is no build to open a page of: run npm run build");
    const world = await ManyWorld.start();
    const browser = await chromium.launch(config.use?.launchOptions);
    await createUser(null, { ...AGENT, name: "Ada Agent", role: "AGENT" });
    // In an empty list new tickets come in by themselves.
    for (let n = 0; n < 12; n++) await createTicket();
    const web = await startWeb();
    try {
      await world.connect(USER, options);
      await world.startWorker();
      await world.until(`SELECT count(*) FROM "EmailAccount" WHERE "idleOwner" IS NOT NULL`, 1);
      const page = await browser.newPage();
      await page.goto(`${web.url}/login`);
      await signIn(page, AGENT);
      const stream = page.waitForResponse(/\/api\/events/);
      await page.goto(`${web.url}/tickets`);
      await stream;
      const seconds = await deliverAndWatch(page, world, options);
      return [
        {
          ...{ name: "live-p95-s", value: quantile(seconds, 0.95), unit: "s" },
          reach: { atMost: 2 },
          note: `${seconds.length} mails, p50 ${quantile(seconds, 0.5).toFixed(2)} s; Dovecot itself waits 0.5 s`,
        },
      ];
    } finally {
      await browser.close();
      await web.stop();
      await world.stop();
    }
  },
};

/** Half of the mails come at once when the one before is seen, the others after a rest of up to 2 s. */
async function deliverAndWatch(
  page: Page,
  { bed }: ManyWorld,
  options: PartOptions,
): Promise<number[]> {
  const lmtp = nodemailer.createTransport({
    ...{ host: "127.0.0.1", port: bed.lmtpPort, lmtp: true, ignoreTLS: true, pool: true },
  });
  const random = randomFrom(options.seed);
  const seconds: number[] = [];
  for (let n = 1; n <= scaled(MAILS, options); n++) {
    // Somebody is there: a list that nobody has touched for a minute brings itself up to date.
    await page.keyboard.press("Shift");
    const envelope = { from: "customer@customer.test", to: [USER] };
    await lmtp.sendMail({ envelope, raw: rawMail({ to: USER, text: "x\n".repeat(500) }) });
    const startedAt = performance.now();
    const words = n === 1 ? "1 new ticket" : `${n} new tickets`;
    await page.getByRole("button", { name: words, exact: true }).waitFor();
    seconds.push((performance.now() - startedAt) / 1000);
    if (n % 2 === 0) await sleep(2000 * random());
  }
  lmtp.close();
  return seconds;
}

await runAlone(import.meta.url, part);
