import type { Reporter, TestModule } from "vitest/node";

/**
 * Says at the end of a run which tests passed at their second try, and what went wrong at the first: a
 * race to be found, which must not hide whether all others pass.
 */
export default class FlakyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests()].filter((test) => test.diagnostic()?.flaky),
    );
    if (flaky.length === 0) return;
    console.log(`\nFlaky: ${flaky.length} passed at the second try.`);
    for (const test of flaky) {
      console.log(`- ${test.module.relativeModuleId} > ${test.fullName}`);
      for (const { message, stacks } of test.result().errors ?? []) {
        const at = stacks?.[0];
        console.log(`  ${message}${at ? ` (${at.file}:${at.line})` : ""}`);
      }
    }
  }
}
