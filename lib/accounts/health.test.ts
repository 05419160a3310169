import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reloadEnv } from "../env";
import { accountHealth, type HealthColumns, type WorkerColumns } from "./health";

const now = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

const polled: HealthColumns = {
  provider: "SMTP",
  isActive: true,
  pollingEnabled: true,
  pollingSince: ago(86_400),
  lastPolledAt: ago(20),
  leaseUntil: null,
  failingSince: null,
  lastError: null,
  lastErrorFix: null,
  lastErrorKind: null,
  signInLost: null,
  consecutiveFailures: 0,
};
const worker: WorkerColumns = { heartbeatAt: ago(5), pollingEnabled: true, pollingInterval: 60 };
const failed = (kind: string, times: number): Partial<HealthColumns> => ({
  lastError: "The server is closed.",
  lastErrorFix: "Open it.",
  lastErrorKind: kind,
  failingSince: ago(90),
  consecutiveFailures: times,
});

const stateOf = (fields: Partial<HealthColumns>, workers: WorkerColumns[] = [worker]) =>
  accountHealth({ ...polled, ...fields }, now, workers).state;

beforeEach(() => reloadEnv());
afterEach(() => {
  delete process.env.EMAIL_POLLING_ENABLED;
  reloadEnv();
});

describe("the health of an account", () => {
  it.each([
    ["healthy", {}, "a recent poll"],
    ["healthy", { lastPolledAt: ago(119) }, "a poll within its minute of grace"],
    ["delayed", { lastPolledAt: ago(400) }, "a late poll"],
    ["delayed", failed("transient", 1), "one failure that heals by itself"],
    ["failing", failed("transient", 3), "the third failure in a row"],
    [
      "delayed",
      { ...failed("transient", 4), failingSince: ago(9) },
      "failures that follow each other within seconds, as when a server is started again",
    ],
    ["failing", failed("permanent", 1), "an answer that no later try will change"],
    ["failing", failed("config", 1), "a setting that only an admin can mend"],
    ["needs-password", failed("auth", 1), "a rejected password"],
    ["reconnect", { ...failed("auth", 1), provider: "MICROSOFT" }, "a sign-in that ended"],
    ["reconnect", { signInLost: "It was ended." }, "a sign-in that ended, before any poll failed"],
    [
      "reconnect",
      { signInLost: "It was ended.", pollingEnabled: false },
      "a sign-in that ended, of an account that only sends",
    ],
    ["paused", { signInLost: "It was ended.", isActive: false }, "an inactive one that ended"],
    ["paused", { isActive: false, ...failed("auth", 9) }, "an inactive account"],
    ["paused", { pollingEnabled: false }, "polling disabled"],
    [
      "starting",
      { lastPolledAt: null, pollingSince: ago(5) },
      "an account that was never polled, and just enabled",
    ],
    ["delayed", { lastPolledAt: null }, "an account that was enabled long ago and never polled"],
    [
      "healthy",
      { lastPolledAt: ago(604_800), pollingSince: ago(5) },
      "an account that rested for a week and was just enabled again",
    ],
  ] satisfies [string, Partial<HealthColumns>, string][])("is %s", (state, fields, _why) => {
    expect(stateOf(fields)).toBe(state);
  });

  it("says that no worker runs, and how to start one", () => {
    const silent = { ...worker, heartbeatAt: ago(121) };
    const health = accountHealth(polled, now, [silent]);
    expect(health).toMatchObject({
      state: "delayed",
      sentence: "No worker is running.",
      fix: "Start it with `npm run start:worker`.",
    });
    expect(stateOf({ lastPolledAt: null }, [])).toBe("never");
  });

  it("gives cause and fix of the last failure", () => {
    expect(accountHealth({ ...polled, ...failed("auth", 1) }, now, [worker])).toMatchObject({
      label: "Needs a new password",
      sentence: "The server is closed.",
      fix: "Open it.",
    });
  });

  it("tells a poll that takes its time from one that does not begin", () => {
    const late = { ...polled, lastPolledAt: ago(400) };
    expect(accountHealth(late, now, [worker]).sentence).toBe("The poll is 6 minutes late.");
    const running = { ...late, leaseUntil: new Date(now.getTime() + 30_000) };
    expect(accountHealth(running, now, [worker])).toMatchObject({
      state: "delayed",
      sentence: "A poll is still going on, 6 minutes after it should have ended.",
    });
  });

  it("says that polling is off globally, by this process or by every worker", () => {
    expect(stateOf({}, [{ ...worker, pollingEnabled: false }])).toBe("polling-off-globally");
    expect(stateOf({}, [worker, { ...worker, pollingEnabled: false }])).toBe("healthy");
    process.env.EMAIL_POLLING_ENABLED = "false";
    reloadEnv();
    expect(stateOf({})).toBe("polling-off-globally");
  });

  it("measures lateness by the worker's own interval", () => {
    const slow = { ...worker, pollingInterval: 3600 };
    expect(stateOf({ lastPolledAt: ago(4000) }, [slow])).toBe("healthy");
    expect(stateOf({ lastPolledAt: ago(7300) }, [slow])).toBe("delayed");
  });
});
