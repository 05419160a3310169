import { z } from "zod";
import { AppError } from "./errors";
import { parseAllowedHosts } from "./transport/egress";

const flag = (fallback: boolean) =>
  z
    .enum(["true", "false", "1", "0", ""])
    .default(fallback ? "true" : "false")
    .transform((value) => (value === "" ? fallback : value === "true" || value === "1"));

const whole = (fallback: number, min: number, max: number) =>
  z
    .string()
    .default("")
    .transform((value, context) => {
      if (value.trim() === "") return fallback;
      const number = Number(value);
      if (Number.isInteger(number) && number >= min && number <= max) return number;
      context.addIssue({ code: "custom", message: `must be a whole number from ${min} to ${max}` });
      return z.NEVER;
    });

const postgresUrl = z
  .string()
  .default("")
  .refine((value) => value === "" || /^postgres(ql)?:\/\/\S+$/.test(value), {
    message: "must be a postgresql:// address, or empty for the embedded Postgres",
  });

/** Tokens and client secrets go there: in clear text only within this machine. */
function providerUrl(fallback: string) {
  return z
    .string()
    .default("")
    .refine((value) => value === "" || isProviderUrl(value), {
      message: "must be an https:// address without a path",
    })
    .transform((value) => value.replace(/\/$/, "") || fallback);
}

const schema = z.object({
  DATABASE_URL: postgresUrl,
  DATABASE_DIRECT_URL: postgresUrl,
  PORT: whole(3000, 1, 65535),
  APP_URL: z
    .string()
    .default("")
    .refine((value) => value === "" || isHttpUrl(value), {
      message:
        "must be an http:// or https:// address without a path, such as https://desk.example.com",
    }),
  APP_SECRET: z
    .string()
    .default("")
    .refine((value) => value === "" || value.split(",").every((key) => key.trim().length >= 32), {
      message: "must be at least 32 characters (a comma-separated list rotates keys, newest first)",
    }),
  EMAIL_POLLING_INTERVAL: whole(60, 1, 86_400),
  EMAIL_POLLING_ENABLED: flag(true),
  EMAIL_IDLE_ENABLED: flag(true),
  EMAIL_POLL_CONCURRENCY: whole(20, 1, 1000),
  EMAIL_MAX_MESSAGE_MB: whole(50, 1, 500),
  EMAIL_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .default("")
    .transform((value, context) => {
      try {
        return parseAllowedHosts(value);
      } catch (error) {
        context.addIssue({
          code: "custom",
          message: error instanceof Error ? error.message : "is not a list of names and CIDRs",
        });
        return z.NEVER;
      }
    }),
  WORKER_LEASE_SECONDS: whole(60, 2, 3600),
  METRICS_TOKEN: z.string().default(""),
  GOOGLE_CLIENT_ID: z.string().default(""),
  GOOGLE_CLIENT_SECRET: z.string().default(""),
  MICROSOFT_CLIENT_ID: z.string().default(""),
  MICROSOFT_CLIENT_SECRET: z.string().default(""),
  MICROSOFT_TENANT: z
    .string()
    .default("")
    .refine((value) => value === "" || isTenant(value), {
      message: "must be a tenant's id or domain, or common, organizations or consumers",
    }),
  MICROSOFT_AUTHORITY: providerUrl("https://login.microsoftonline.com"),
  MICROSOFT_OUTLOOK: providerUrl(""),
  GOOGLE_AUTHORITY: providerUrl("https://accounts.google.com"),
  GOOGLE_OAUTH_API: providerUrl("https://oauth2.googleapis.com"),
  OAUTH_MAIL_HOSTS: z
    .string()
    .default("")
    .transform((value) =>
      value
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
  LOG_FORMAT: z
    .enum(["pretty", "json", ""])
    .default("pretty")
    .transform((value) => value || "pretty"),
});

export type Env = Omit<z.output<typeof schema>, "APP_URL"> & { APP_URL: string };

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search && !url.hash;
}

function isProviderUrl(value: string): boolean {
  if (!isHttpUrl(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** Whether this may stand where Microsoft's addresses name a tenant. */
export function isTenant(value: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{0,99}$/i.test(value) && !value.includes("..");
}

/**
 * Reads the variables of DESIGN.md §5 out of `source`.
 * @throws AppError "invalid" with one line that names the first wrong variable and what it may be.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const result = schema.safeParse(source);
  if (!result.success) {
    const issue = result.error.issues[0];
    const name = String(issue?.path[0] ?? "environment");
    const value = /SECRET|TOKEN|URL/.test(name) ? "" : ` (it is ${JSON.stringify(source[name])})`;
    throw new AppError("invalid", `${name} ${issue?.message ?? "is wrong"}${value}`);
  }
  const { APP_URL, ...rest } = result.data;
  return { ...rest, APP_URL: APP_URL.replace(/\/$/, "") || `http://localhost:${rest.PORT}` };
}

let current: Env | undefined;

/** The process's environment, read once. A wrong value stops the process with one clear line. */
export function env(): Env {
  current ??= parseEnv(process.env);
  return current;
}

/** Reads the environment again: after boot() has filled in what was empty. */
export function reloadEnv(): Env {
  current = parseEnv(process.env);
  return current;
}
