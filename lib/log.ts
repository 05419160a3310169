import pino from "pino";
import pretty from "pino-pretty";

/**
 * The log. LOG_FORMAT=pretty prints `INFO: text` lines and nothing else, json prints pino's objects.
 * Logs go to stderr in the CLI, whose stdout is data, and to stdout elsewhere.
 * With pretty, details of objects are hidden: what matters stands in the message.
 */
function createLog(): pino.Logger {
  const destination = process.env.MAILROOM_LOG_TO === "stderr" ? 2 : 1;
  const options: pino.LoggerOptions = { level: process.env.LOG_LEVEL || "info", base: undefined };
  if (process.env.LOG_FORMAT === "json")
    return pino(options, pino.destination({ fd: destination, sync: true }));
  return pino(
    options,
    pretty({
      colorize: false,
      ignore: "pid,hostname,time",
      hideObject: true,
      destination,
      sync: true,
    }),
  );
}

export const log = createLog();

/**
 * One line for people: what mail and servers say reaches the log without line ends, escape sequences
 * and characters that reorder the line.
 */
export function oneLine(text: string, max = 500): string {
  return text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, " ").slice(0, max);
}
