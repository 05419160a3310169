import { expect, it } from "vitest";
import { useTestDatabase } from "../testing/database";
import { runMutants, seedMails } from "../testing/mutant-run";
import { mutateMail } from "../testing/mutate-mail";
import { randomFrom } from "../testing/random";

useTestDatabase();

const COUNT = 300;

it("the same seed makes the same mutants, another one others", () => {
  const seeds = seedMails(null);
  const some = (seed: number) => {
    const random = randomFrom(seed);
    return Array.from({ length: 20 }, () => mutateMail(seeds, random).raw.toString("latin1"));
  };
  expect(some(1)).toEqual(some(1));
  expect(some(1)).not.toEqual(some(2));
});

it("three hundred mutated mails each end in one state, none takes five seconds of CPU", async () => {
  const run = await runMutants(seedMails(null), { count: COUNT, seed: 20_261_127 });
  expect(run).toMatchObject({ mails: COUNT, pending: 0, unsound: [], over: 0 });
  const ended = Object.values(run.ends).reduce((sum, count) => sum + count, 0);
  expect(ended).toBe(COUNT);
}, 240_000);
