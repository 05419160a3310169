import { messageOf } from "@/lib/errors";
import { log } from "@/lib/log";

export type Loop = { wake(): void; stopped: Promise<void> };

/**
 * Repeats `task` until `signal` aborts, with `everyMs` between the end of one run and the start of
 * the next, a little more or less so that workers don't march in step. wake() starts the next run at
 * once. A run that throws is logged, and the loop goes on: the database may be away for a while.
 */
export function repeat(
  name: string,
  everyMs: number,
  signal: AbortSignal,
  task: () => Promise<void>,
): Loop {
  let wake = () => {};
  let isAwake = false;

  const rest = () =>
    new Promise<void>((resolve) => {
      if (signal.aborted || isAwake) return resolve();
      const timer = setTimeout(resolve, everyMs * (0.9 + Math.random() * 0.2));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    while (!signal.aborted) {
      isAwake = false;
      try {
        await task();
      } catch (error) {
        log.error(
          `The ${name} loop failed and goes on: ${error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error)}`,
        );
      }
      await rest();
    }
  };
  signal.addEventListener("abort", () => wake(), { once: true });
  return {
    wake() {
      isAwake = true;
      wake();
    },
    stopped: run(),
  };
}
