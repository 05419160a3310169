import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Every script runs at the root of the checkout, wherever it was called from. */
export const root = path.resolve(import.meta.dirname, "..");

/**
 * Runs a TypeScript file of this folder in this process: no second process that signals would have
 * to be passed on to. Ends with one line when the packages are not installed yet.
 */
export async function runTypeScript(file) {
  process.chdir(root);
  if (!existsSync(path.join(root, "node_modules", "tsx"))) {
    console.error("ERROR: The packages are not installed yet: run npm ci");
    process.exit(1);
  }
  const { register } = await import("tsx/esm/api");
  register();
  process.argv[1] = path.join(root, "scripts", file);
  await import(pathToFileURL(process.argv[1]).href);
}
