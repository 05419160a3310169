import { createRequire } from "node:module";
import { launch } from "./launch";

const require = createRequire(import.meta.url);
const host = "127.0.0.1";

await launch(
  { command: "npm run dev", host, needsBuild: false },
  async ({ booted, supervisor }) => {
    const next = require.resolve("next/dist/bin/next");
    supervisor.start({
      name: "web",
      args: [next, "dev", "-p", String(booted.env.PORT), "-H", host],
      stopMs: 5_000,
    });
    supervisor.start({
      name: "worker",
      args: [require.resolve("tsx/cli"), "watch", "--clear-screen=false", "worker/main.ts"],
      stopMs: 11_000,
    });
  },
);
