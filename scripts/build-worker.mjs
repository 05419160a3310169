import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");

// Packages stay outside: they bring native files and WebAssembly that a bundle would lose.
await build({
  absWorkingDir: root,
  entryPoints: {
    worker: "worker/main.ts",
    "parse-thread": "lib/inbound/parse-thread.ts",
  },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
});
