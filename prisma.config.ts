import { defineConfig } from "prisma/config";

// `prisma generate` needs no schema engine, yet looks for one to download. Any existing file
// satisfies the look-up, so generation works behind a closed network.
if (process.argv.includes("generate") && !process.env.PRISMA_SCHEMA_ENGINE_BINARY)
  process.env.PRISMA_SCHEMA_ENGINE_BINARY = process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(process.env.DATABASE_URL
    ? { datasource: { url: process.env.DATABASE_DIRECT_URL || process.env.DATABASE_URL } }
    : {}),
});
