import { describe, expect, it } from "vitest";
import { parseEnv } from "./env";
import { AppError } from "./errors";

/** The message parseEnv() refuses with. */
function refusal(source: Record<string, string>): string {
  try {
    parseEnv(source);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error instanceof Error ? error.message : "";
  }
  return "accepted";
}

describe("the environment", () => {
  it("has the defaults of the contract when nothing is set", () => {
    const env = parseEnv({});
    expect(env).toMatchObject({
      DATABASE_URL: "",
      APP_URL: "http://localhost:3000",
      PORT: 3000,
      EMAIL_POLLING_INTERVAL: 60,
      EMAIL_POLLING_ENABLED: true,
      EMAIL_IDLE_ENABLED: true,
      EMAIL_POLL_CONCURRENCY: 20,
      EMAIL_MAX_MESSAGE_MB: 50,
      WORKER_LEASE_SECONDS: 60,
      METRICS_TOKEN: "",
      LOG_FORMAT: "pretty",
    });
  });

  it("takes empty values as not set", () => {
    expect(parseEnv({ PORT: "", EMAIL_POLLING_ENABLED: "", LOG_FORMAT: "" })).toEqual(parseEnv({}));
  });

  it("follows PORT in APP_URL unless that is set, and drops its last slash", () => {
    expect(parseEnv({ PORT: "4000" }).APP_URL).toBe("http://localhost:4000");
    expect(parseEnv({ PORT: "4000", APP_URL: "https://desk.example.com/" }).APP_URL).toBe(
      "https://desk.example.com",
    );
  });

  it.each([
    [{ PORT: "0" }, 'PORT must be a whole number from 1 to 65535 (it is "0")'],
    [{ PORT: "99999" }, 'PORT must be a whole number from 1 to 65535 (it is "99999")'],
    [
      { EMAIL_POLLING_INTERVAL: "often" },
      'EMAIL_POLLING_INTERVAL must be a whole number from 1 to 86400 (it is "often")',
    ],
    [
      { EMAIL_POLLING_INTERVAL: "-5" },
      'EMAIL_POLLING_INTERVAL must be a whole number from 1 to 86400 (it is "-5")',
    ],
    [
      { EMAIL_POLLING_INTERVAL: "1.5" },
      'EMAIL_POLLING_INTERVAL must be a whole number from 1 to 86400 (it is "1.5")',
    ],
  ])("refuses %o in one line", (source, line) => {
    expect(refusal(source)).toBe(line);
  });

  it.each([
    "EMAIL_POLLING_ENABLED",
    "EMAIL_IDLE_ENABLED",
    "LOG_FORMAT",
    "DATABASE_URL",
    "APP_URL",
    "EMAIL_ALLOWED_PRIVATE_HOSTS",
    "APP_SECRET",
  ])("names %s when it is wrong", (name) => {
    const line = refusal({ [name]: "no such/value at all" });
    expect(line).toContain(name);
    expect(line).not.toContain("\n");
  });

  it("never repeats a secret", () => {
    expect(refusal({ APP_SECRET: "hunter2" })).not.toContain("hunter2");
    expect(refusal({ DATABASE_URL: "mysql://user:hunter2@host/db" })).not.toContain("hunter2");
  });
});
