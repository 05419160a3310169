import { log } from "@/lib/log";
import { launch, webPart, workerPart } from "./launch";

const only = process.argv[2];
const hasWeb = only !== "worker";
const hasWorker = only !== "web";
const host = "0.0.0.0";
const command = only ? `npm run start:${only}` : "npm start";

await launch(
  { command, host: hasWeb ? host : null, needsBuild: true },
  async ({ booted, supervisor }) => {
    if (hasWeb) supervisor.start(webPart(booted.env.PORT, host));
    if (hasWorker) supervisor.start(workerPart());
    if (!hasWeb) return;
    await supervisor.whenReady("web");
    log.info(`Mailroom runs at ${booted.env.APP_URL}`);
  },
);
