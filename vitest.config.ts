import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") };
const exclude = ["node_modules/**", "dist/**", ".next/**", "e2e/**"];

// Without isolation a worker keeps what it has loaded from one file to the next: loading everything anew
// for each took half of the time. A file leaves nothing behind (`--sequence.shuffle.files` shows it).
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          sequence: { groupOrder: 1 },
          include: ["**/*.test.ts"],
          exclude: [...exclude, "**/*.db.test.ts", "**/*.live.test.ts"],
          testTimeout: 20_000,
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "db",
          sequence: { groupOrder: 2 },
          include: ["**/*.db.test.ts"],
          exclude,
          globalSetup: ["lib/testing/postgres-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "live",
          sequence: { groupOrder: 3 },
          include: ["**/*.live.test.ts"],
          exclude,
          globalSetup: ["lib/testing/postgres-setup.ts"],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          // Each file has mail servers and a database of its own, and mostly waits for them.
          maxWorkers: 3,
        },
      },
    ],
  },
});
