import { setTimeout as sleep } from "node:timers/promises";
import nodemailer from "nodemailer";
import { randomFrom } from "@/lib/testing/random";
import { rawMail } from "@/lib/testing/raw-mail";
import { runAlone } from "./alone";
import { ManyWorld } from "./many-world";
import { type Figure, type Part, type PartOptions, scaled } from "./part";
import { quantile } from "./quantile";

const MAILS = 80;
const USER = "latency@example.test";

/**
 * One mail after the other, by LMTP to Dovecot: from its "250" until the ticket can be read. Half of
 * them come at once when the one before has its ticket, the others after a rest of up to 2 s.
 */
export const part: Part = {
  name: "latency",
  async run(options: PartOptions): Promise<Figure[]> {
    const world = await ManyWorld.start();
    const lmtp = nodemailer.createTransport({
      ...{ host: "127.0.0.1", port: world.bed.lmtpPort, lmtp: true, ignoreTLS: true, pool: true },
    });
    try {
      const id = await world.connect(USER, options);
      await world.startWorker();
      await world.until(`SELECT count(*) FROM "EmailAccount" WHERE "idleOwner" IS NOT NULL`, 1);
      const random = randomFrom(options.seed);
      const seconds: number[] = [];
      for (let n = 1; n <= scaled(MAILS, options); n++) {
        const envelope = { from: "customer@customer.test", to: [USER] };
        await lmtp.sendMail({ envelope, raw: rawMail({ to: USER, text: "x\n".repeat(500) }) });
        const startedAt = performance.now();
        const tickets = `SELECT count(*) FROM "Ticket" WHERE "accountId" = '${id}'`;
        await world.until(tickets, n, { everyMs: 5 });
        seconds.push((performance.now() - startedAt) / 1000);
        if (n % 2 === 0) await sleep(2000 * random());
      }
      return figuresOf(seconds);
    } finally {
      lmtp.close();
      await world.stop();
    }
  },
};

function figuresOf(seconds: number[]): Figure[] {
  const note = `${seconds.length} mails; Dovecot itself waits 0.5 s`;
  const figure = (name: string, value: number) => ({ name, value, unit: "s", note });
  return [
    { ...figure("latency-p50-s", quantile(seconds, 0.5)), reach: { atMost: 0.9 } },
    { ...figure("latency-p95-s", quantile(seconds, 0.95)), reach: { atMost: 1.5 } },
    figure("latency-max-s", Math.max(...seconds)),
  ];
}

await runAlone(import.meta.url, part);
