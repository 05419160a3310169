import { pathToFileURL } from "node:url";
import { bundleOf, root } from "./machine.mjs";
import { runTypeScript } from "./typescript.mjs";

// stdout is data; the log is opened when it is first imported.
process.env.MAILROOM_LOG_TO = "stderr";
const bundle = bundleOf("desk");
if (bundle) {
  process.chdir(root);
  await import(pathToFileURL(bundle).href);
} else await runTypeScript("desk.ts");
