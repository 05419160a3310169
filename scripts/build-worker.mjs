import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");
/** The crash runs build into a folder of their own: another test may be starting a worker just now. */
const [outdir = "dist"] = process.argv.slice(2);

/** @type {import("esbuild").BuildOptions} */
const options = {
  absWorkingDir: root,
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
};

// Packages stay outside: they bring native files and WebAssembly that a bundle would lose.
await build({
  ...options,
  entryPoints: { worker: "worker/main.ts", desk: "scripts/desk.ts" },
  packages: "external",
});

// The parser starts whenever mail comes after a pause: finding and linking its packages, which are
// JavaScript alone, took half of its start. Some are CommonJS and ask for Node's own modules.
await build({
  ...options,
  entryPoints: { "parse-thread": "lib/inbound/parse-thread.ts" },
  banner: {
    js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
  },
});
