import type { NextConfig } from "next";

const config: NextConfig = {
  // Several checkouts of one machine, or a test beside a running app, build into folders of their own.
  distDir: process.env.NEXT_DIST_DIR || ".next",
  poweredByHeader: false,
  // Browsers ask for it on pages that name no icon of their own: errors, downloads.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
  // Types are checked by `npm run check`, once; the build of a first run need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Images in mail come from strangers: they are never optimised on the server.
  images: { unoptimized: true },
  serverExternalPackages: [
    "pg",
    "pino",
    "pino-pretty",
    "@node-rs/argon2",
    "imapflow",
    "nodemailer",
    "sanitize-html",
  ],
  // A page's title comes with its head: streamed after it, the tab and a screen reader read none for a moment.
  htmlLimitedBots: /.*/,
  // Before JavaScript, files may come with an answer itself. Next lets a body of 10 MB reach an action
  // whole; larger ones go to /api/uploads first.
  experimental: { serverActions: { bodySizeLimit: "9mb" } },
};

export default config;
