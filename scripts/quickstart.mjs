import { needsBuild, needsInstall, npmScript, requireNode, root, runQuietly } from "./machine.mjs";

requireNode();
process.chdir(root);

if (needsInstall())
  await runQuietly("Installing packages", [npmScript(), "ci", "--loglevel=error"]);

process.env.NODE_ENV = "production";
if (needsBuild()) {
  await runQuietly("Preparing the database client", [
    "node_modules/prisma/build/index.js",
    "generate",
  ]);
  await runQuietly("Building Mailroom", ["node_modules/next/dist/bin/next", "build"]);
  await runQuietly("Building the worker", ["scripts/build-worker.mjs"]);
}

const { runTypeScript } = await import("./typescript.mjs");
await runTypeScript("quickstart-run.ts");
