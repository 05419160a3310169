import type { Browser, BrowserContext, Frame, Page } from "@playwright/test";
import { receiveOnTicket, store, testProcessor } from "@/lib/testing/pipeline";
import type { Payload } from "./payloads";
import { type Person, stateOf } from "./people";

/** As many as a ticket begins with. */
const PER_TICKET = 40;
const FRAME_PATH = /^\/api\/messages\/[0-9a-f-]{36}\/frame$/;
/** What Chromium says of a script, a style or a request that only the frame's walls stopped. */
const STOPPED_BY_WALL =
  /Content Security Policy|sandboxed and the 'allow-|Blocked (?:script|form|opening)/;

/** What payloads did, each thing with enough words to find it. Nothing, where all is well. */
export type Escapes = {
  scripts: string[];
  requests: string[];
  navigations: string[];
  covers: string[];
  /** What the sanitiser let through, so that only the frame's policy stopped it. */
  stoppedByWall: string[];
};

type Reading = {
  browser: Browser;
  /** Of the running desk whose database db() means. */
  deskUrl: string;
  /** Who reads the mails; an agent of that desk. */
  agent: Person;
  payloads: Payload[];
};

/**
 * Mails every payload to the desk and opens each on its ticket in a real browser.
 * @returns how many were open, and what any of them did.
 */
export async function openPayloads({ browser, deskUrl, agent, payloads }: Reading) {
  const tickets = await mailPayloads(payloads);
  const storageState = await stateOf(browser, deskUrl, agent);
  const context = await browser.newContext({ baseURL: deskUrl, storageState });
  try {
    const found = await watchEscapes(context, deskUrl);
    const page = await context.newPage();
    let opened = 0;
    for (const number of tickets) opened += await readThrough(page, number, found);
    return { opened, found };
  } finally {
    await context.close();
  }
}

/** Watches every page and frame of a browser context for what payloads may not do. */
export async function watchEscapes(context: BrowserContext, deskUrl: string): Promise<Escapes> {
  const { origin } = new URL(deskUrl);
  const found: Escapes = {
    ...{ scripts: [], requests: [], navigations: [], covers: [], stoppedByWall: [] },
  };
  await context.exposeBinding("payloadRan", ({ frame }, what = "payloadRan") => {
    found.scripts.push(`${what} in ${frame.url()}`);
  });
  await context.addInitScript(() => {
    for (const name of ["alert", "confirm", "prompt", "print", "open"] as const)
      Object.defineProperty(window, name, {
        value: () => Reflect.apply(Reflect.get(window, "payloadRan"), window, [name]),
      });
  });
  context.on("dialog", (dialog) => {
    found.scripts.push(`dialog "${dialog.message()}"`);
    void dialog.dismiss();
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && /^(https?|wss?|ftp):$/.test(url.protocol))
      found.requests.push(request.url());
  });
  // They are counted, and stay here.
  await context.route(
    (url) => url.origin !== origin,
    (route) => route.abort(),
  );
  context.on("console", (message) => {
    if (STOPPED_BY_WALL.test(message.text())) found.stoppedByWall.push(message.text());
  });
  context.on("page", (page) => {
    page.on("framenavigated", (frame) => {
      if (isStray(frame, origin)) found.navigations.push(`${frame.url()} in ${page.url()}`);
    });
    void page.opener().then((opener) => {
      if (opener) found.navigations.push(`a new page from ${opener.url()}`);
    });
  });
  return found;
}

/** A frame that shows something else than a mail, or a page that is not on a ticket. */
function isStray(frame: Frame, origin: string): boolean {
  if (frame.url() === "about:blank" && frame.parentFrame() === frame.page().mainFrame())
    return false;
  if (!URL.canParse(frame.url())) return true;
  const url = new URL(frame.url());
  if (url.origin !== origin || url.search === "?images=1") return true;
  return frame.parentFrame() === null
    ? !/^\/tickets\/\d+$/.test(url.pathname)
    : frame.parentFrame() !== frame.page().mainFrame() || !FRAME_PATH.test(url.pathname);
}

/**
 * Sends the payloads through the pipeline as the HTML of real mails, up to 90 on a ticket.
 * @returns the tickets' numbers.
 */
async function mailPayloads(payloads: Payload[]): Promise<number[]> {
  const numbers: number[] = [];
  for (let first = 0; first < payloads.length; first += PER_TICKET) {
    const batch = payloads.slice(first, first + PER_TICKET);
    const name = `payloads-${numbers.length}`;
    const [opener, ...replies] = batch.map(({ html }, index) => htmlMail(name, index, html));
    if (opener === undefined) break;
    numbers.push((await receiveOnTicket(opener)).ticket.number);
    for (const reply of replies) await store(reply);
    await testProcessor().run({});
  }
  return numbers;
}

function htmlMail(name: string, index: number, html: string): string {
  const body = Buffer.from(html).toString("base64").replace(/.{76}/g, "$&\r\n");
  const lines = [
    `From: Eve ${name} <${name}@evil.test>`,
    "To: support@example.test",
    `Subject: ${name}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${name}.${index}@evil.test>`,
    ...(index > 0 ? [`In-Reply-To: <${name}.0@evil.test>`] : []),
    "MIME-Version: 1.0",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: base64",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}\r\n`;
}

/**
 * Opens a ticket with all its mails, scrolls through them, and points at each, as an agent would.
 * What covers the page meanwhile is added to `found`. @returns how many mails' frames were open.
 */
async function readThrough(page: Page, number: number, found: Escapes): Promise<number> {
  await page.setViewportSize({ width: 1280, height: 2_000 });
  await page.goto(`/tickets/${number}?expand`);
  for (let isEnd = false; !isEnd; ) {
    const view = await page.evaluate(lookAround);
    found.covers.push(...view.covered.map((point) => `${point} on ticket ${number}`));
    for (const { x, y } of view.mails) await page.mouse.move(x, y);
    isEnd = await page.evaluate(() => {
      const before = scrollY;
      scrollBy(0, innerHeight * 0.8);
      return scrollY === before;
    });
  }
  const foreign = await page.evaluate(() =>
    [...document.querySelectorAll("iframe")]
      .flatMap(({ contentDocument }) => [...(contentDocument?.links ?? [])])
      .map((link) => link.protocol)
      .filter((protocol) => !/^(https?|mailto|tel):$/.test(protocol)),
  );
  found.scripts.push(...foreign.map((protocol) => `a link with ${protocol}`));
  const mails = page.mainFrame().childFrames();
  return mails.filter((frame) => FRAME_PATH.test(new URL(frame.url()).pathname)).length;
}

/**
 * Runs in the page: waits until the mails in view are there. @returns where they are, and the points
 * outside of mails where a mail is on top all the same.
 */
export async function lookAround() {
  const inView = [...document.querySelectorAll("iframe")].filter((frame) => {
    const { top, bottom } = frame.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  const isThere = ({ contentDocument }: HTMLIFrameElement) =>
    contentDocument?.readyState === "complete" && contentDocument.URL !== "about:blank";
  for (let tries = 0; tries < 400 && !inView.every(isThere); tries++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  await new Promise(requestAnimationFrame);
  const covered: string[] = [];
  for (let x = 5; x < innerWidth; x += 100) {
    for (let y = 5; y < innerHeight; y += 100) {
      const top = document.elementFromPoint(x, y);
      if (!(top instanceof HTMLIFrameElement)) continue;
      const card = top.closest("article")?.getBoundingClientRect();
      const isInside =
        card && x >= card.left && x <= card.right && y >= card.top && y <= card.bottom;
      if (!isInside) covered.push(`${x},${y}`);
    }
  }
  const mails = inView.map((frame) => {
    const { left, top } = frame.getBoundingClientRect();
    return { x: left + 20, y: Math.max(top, 0) + 12 };
  });
  return { covered, mails };
}
