import { runTypeScript } from "./typescript.mjs";

await runTypeScript("dev.ts");
