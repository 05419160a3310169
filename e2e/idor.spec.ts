import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test, withDesk } from "./fixtures";
import { ACTIONS } from "./idor/actions";
import {
  CALLERS,
  type Caller,
  cookieOf,
  createPeople,
  fingerprint,
  type People,
} from "./idor/callers";
import type { ActionCase, Call } from "./idor/calls";
import { CHANGING_ROUTES } from "./idor/changing-routes";
import { createWorld, ROUTES, type Route, type World } from "./idor/routes";

const ROOT = path.resolve(import.meta.dirname, "..");

let people: People;

withDesk({ name: "idor" }, async () => {
  people = await createPeople();
});

test.setTimeout(600_000);

test("every page and route, asked by every role about own and foreign objects, answers only those who may", async ({
  desk,
}) => {
  expect(Object.keys(ROUTES).sort(), "the routes with an expectation").toEqual(routesOfApp());
  const world = await createWorld(people);
  const wrong: string[] = [];
  for (const route of Object.values(ROUTES).flat()) {
    for (const caller of CALLERS) {
      const address = route.address(world);
      const got = await ask(desk.url, address, await cookieOf(caller, people));
      const wanted = wantedOf(route, caller, world);
      if (got !== wanted) wrong.push(`${caller} asks ${address}: ${got} instead of ${wanted}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("every server action, called by every role on own and foreign objects, changes only what that role may", async ({
  desk,
}) => {
  const actions = actionsOfBuild();
  expect(Object.keys(ACTIONS).sort(), "the actions with an expectation").toEqual(
    [...actions.keys()].sort(),
  );
  const wrong: string[] = [];
  for (const [name, cases] of Object.entries(ACTIONS)) {
    const action = actions.get(name);
    if (!action) continue;
    for (const one of cases) {
      for (const caller of CALLERS) {
        const complaint = await tryAction({ url: desk.url, action, one, caller });
        if (complaint) wrong.push(`${caller} calls ${name} (${one.what}): ${complaint}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test("every route that changes something, asked by every role, does so only for those who may and only from our pages", async ({
  desk,
}) => {
  const wrong: string[] = [];
  const origins = [desk.url, "https://evil.example", null];
  for (const { what, request, allowed } of CHANGING_ROUTES) {
    for (const caller of CALLERS) {
      for (const origin of origins) {
        const { address, ...options } = await request(people, caller);
        const headers = { cookie: await cookieOf(caller, people), ...(origin ? { origin } : {}) };
        const before = await fingerprint();
        await fetch(`${desk.url}${address}`, { ...options, headers, redirect: "manual" });
        const isChanged = JSON.stringify(await fingerprint()) !== JSON.stringify(before);
        const mayChange = origin === desk.url && allowed.includes(caller);
        if (isChanged !== mayChange) wrong.push(`${caller} from ${origin} ${what}: ${isChanged}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test("an action sent from another site is refused", async ({ desk }) => {
  const [one] = ACTIONS["app/(portal)/my/actions.ts#openOwnTicket"] ?? [];
  const action = actionsOfBuild().get("app/(portal)/my/actions.ts#openOwnTicket");
  if (!one || !action) throw new Error("this action is gone: use another one");
  const cookie = await cookieOf("owner", people);
  const call = await one.call(people, "owner");
  const before = await fingerprint();
  const origin = "https://evil.example";
  const response = await post(`${desk.url}${action.page}`, { id: action.id, call, cookie, origin });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(await fingerprint()).toEqual(before);
});

/** The addresses of app/, as its folders name them; groups in parentheses are no part of them. */
function routesOfApp(): string[] {
  return readdirSync(path.join(ROOT, "app"), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file))
    .map((file) => {
      const folders = path.dirname(file).split("/");
      return `/${folders.filter((name) => name !== "." && !name.startsWith("(")).join("/")}`;
    })
    .sort();
}

function wantedOf(route: Route, caller: Caller, world: World): string {
  const redirect = route.redirects?.[caller];
  if (redirect) return `leads to ${redirect}`;
  if (!route.allowed.includes(caller)) return "404";
  return route.leadsTo ? `leads to ${route.leadsTo(world)}` : String(route.status ?? 200);
}

/** Status, or where it leads; the body is left unread, since a live page has no end. */
async function ask(url: string, address: string, cookie: string): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`${url}${address}`, {
    headers: { cookie },
    redirect: "manual",
    signal: stop.signal,
  });
  const location = response.headers.get("location");
  stop.abort();
  if (response.status < 300 || response.status >= 400) return String(response.status);
  return `leads to ${new URL(location ?? "", url).pathname}`;
}

type Action = { id: string; page: string };

/** All actions of the build, by file and name, each with a page that can run it. */
function actionsOfBuild(): Map<string, Action> {
  const file = path.join(
    process.env.NEXT_DIST_DIR || ".next",
    "server/server-reference-manifest.json",
  );
  const manifest = JSON.parse(readFileSync(path.join(ROOT, file), "utf8"));
  const actions = new Map<string, Action>();
  for (const [id, action] of Object.entries<Record<string, unknown>>(manifest.node)) {
    const [worker = ""] = Object.keys(Object(action.workers));
    actions.set(`${action.filename}#${action.exportedName}`, { id, page: addressOf(worker) });
  }
  return actions;
}

/** "app/(desk)/tickets/[number]/page" → "/tickets/1": which object stands there does not matter. */
function addressOf(worker: string): string {
  const folders = worker.replace(/^app|\/page$/g, "").split("/");
  const names = folders.filter((name) => !name.startsWith("("));
  return names.map((name) => (name.startsWith("[") ? "1" : name)).join("/") || "/";
}

type Try = { url: string; action: Action; one: ActionCase; caller: Caller };

/** @returns what is wrong, or null. */
async function tryAction({ url, action, one, caller }: Try): Promise<string | null> {
  const call = await one.call(people, caller);
  const cookie = await cookieOf(caller, people);
  const before = await fingerprint();
  const { id, page } = action;
  const { isPlain } = one;
  const response = await post(`${url}${page}`, { id, call, cookie, origin: url, isPlain });
  const text = await response.text();
  const after = await fingerprint();
  const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
  const isAnswered = one.answers ? one.answers.test(text) : changed.length > 0;
  if (one.allowed.includes(caller))
    return isAnswered ? null : `nothing happened (${response.status} ${text.slice(0, 300)})`;
  if (changed.length > 0) return `changed ${changed.join(", ")}`;
  if (one.answers?.test(text)) return `was answered: ${text.slice(0, 300)}`;
  return /"status":"done"/.test(text) ? `was done: ${text.slice(0, 300)}` : null;
}

type Post = { id: string; call: Call; cookie: string; origin: string; isPlain?: boolean };

/** Sends a call as React does: the arguments as JSON, a form among them as fields with a prefix. */
function post(url: string, { id, call, cookie, origin, isPlain }: Post): Promise<Response> {
  const headers = { accept: "text/x-component", "next-action": id, cookie, origin };
  const options = { method: "POST", redirect: "manual" } as const;
  if ("args" in call) {
    const type = { "content-type": "text/plain;charset=UTF-8" };
    return fetch(url, {
      ...options,
      headers: { ...headers, ...type },
      body: JSON.stringify(call.args),
    });
  }
  const body = new FormData();
  for (const [name, value] of Object.entries(call.form)) body.set(`_1_${name}`, value);
  body.set("0", JSON.stringify(isPlain ? ["$K1"] : [{ status: "idle" }, "$K1"]));
  return fetch(url, { ...options, headers, body });
}
