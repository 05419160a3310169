import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");
/** The crash runs build into a folder of their own: another test may be starting a worker just now. */
const [outdir = "dist"] = process.argv.slice(2);

// Packages stay outside: they bring native files and WebAssembly that a bundle would lose.
await build({
  absWorkingDir: root,
  entryPoints: {
    worker: "worker/main.ts",
    desk: "scripts/desk.ts",
    "parse-thread": "lib/inbound/parse-thread.ts",
  },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
});
