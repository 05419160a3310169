import { runTypeScript } from "./typescript.mjs";

// Before anything is loaded that looks at it.
process.env.NODE_ENV = "production";
await runTypeScript("start.ts");
