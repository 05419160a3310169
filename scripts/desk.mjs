import { runTypeScript } from "./typescript.mjs";

// stdout is data; the log is opened when it is first imported.
process.env.MAILROOM_LOG_TO = "stderr";
await runTypeScript("desk.ts");
