import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { freePort } from "@/lib/db/processes";
import { webPart } from "@/scripts/launch";
import { supervise } from "@/scripts/supervise";
import { cpuSeconds } from "../processes";
import { AGENT } from "./people";

/** Somebody who is signed in. */
export type Visitor = {
  /** Asks for a page and reads it to its end. @throws Error unless it is answered with 200. */
  read(path: string): Promise<string>;
  /** Sends a form of that page, as a browser without JavaScript. @throws Error unless it is taken. */
  send(path: string, fields: ReadonlyMap<string, string>): Promise<string>;
  /** All scripts that a page names, as they travel: gzip, in bytes. */
  scriptBytes(path: string): Promise<number>;
};

/** The web process of a production build, and an agent who is signed in. */
export type Web = Visitor & {
  url: string;
  /** Of the process. */
  pid(): number;
  /** CPU milliseconds of the process so far, with all its threads. */
  cpuMs(): number;
  stop(): Promise<void>;
};

export function hasBuild(): boolean {
  return existsSync(".next/BUILD_ID");
}

/** Starts it as `npm run start:web` does, on a port of its own. */
export async function startWeb(): Promise<Web> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  Object.assign(process.env, { APP_URL: url, PORT: String(port), NODE_ENV: "production" });
  const supervisor = supervise(() => undefined);
  supervisor.start(webPart(port, "127.0.0.1"));
  await supervisor.whenReady("web");
  const pid = () => supervisor.children()[0]?.pid ?? 0;
  return {
    ...asVisitor(url, await signIn(url)),
    ...{ url, pid },
    cpuMs: () => 1000 * cpuSeconds(pid()).own,
    stop: () => supervisor.stop(),
  };
}

/** Reads pages as whoever has this cookie. */
export function asVisitor(url: string, cookie: string): Visitor {
  const read = async (path: string) => {
    const response = await fetch(new URL(path, url), { headers: { cookie }, redirect: "manual" });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
    return body;
  };
  return {
    read,
    async send(path, fields) {
      const body = new FormData();
      for (const [name, value] of fields) body.set(name, value);
      const headers = { cookie, origin: url };
      const sent = { method: "POST", headers, body, redirect: "manual" } as const;
      const response = await fetch(new URL(path, url), sent);
      const answer = await response.text();
      if (response.status !== 200 && response.status !== 303)
        throw new Error(`A form of ${path} was answered with ${response.status}`);
      return answer;
    },
    async scriptBytes(path) {
      const html = await read(path);
      const sources = new Set(
        // Browsers that know modules, all of today's, leave the others out.
        [...html.matchAll(/<script(?![^>]*\snomodule)[^>]+src="([^"]+)"/gi)].map(([, src]) => src),
      );
      let bytes = 0;
      for (const source of sources) bytes += gzipSync(await read(source ?? "")).length;
      return bytes;
    },
  };
}

/** By next-auth's own endpoints, as a browser without JavaScript would. @returns the Cookie header. */
async function signIn(url: string): Promise<string> {
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const { csrfToken } = await keep(await fetch(`${url}/api/auth/csrf`)).json();
  keep(
    await fetch(`${url}/api/auth/callback/credentials`, {
      method: "POST",
      headers: { cookie: cookies(), origin: url },
      body: new URLSearchParams({ ...AGENT, csrfToken }),
      redirect: "manual",
    }),
  );
  if (![...jar.keys()].some((name) => name.endsWith("session-token")))
    throw new Error(`${AGENT.email} could not sign in`);
  return cookies();
}
