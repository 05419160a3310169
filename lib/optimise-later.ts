import { setFlagsFromString } from "node:v8";

/** Bytes of bytecode a function runs before V8 counts it as busy; ten times V8's own 66 KB. */
const INTERRUPT_BUDGET_BYTES = 660_000;

/**
 * Makes V8 wait longer before it optimises a function, for a process that works in bursts: left alone it
 * spends a third of the worker's CPU in a full inbox's first ten seconds on compiling, much of it for
 * functions that are not busy for long. What runs for minutes is optimised all the same. A V8 that does
 * not know the flag says so on stderr and goes on.
 */
export function optimiseLater(): void {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET_BYTES}`);
}
