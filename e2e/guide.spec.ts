import { expect, test, useDesk } from "./fixtures";

useDesk({ name: "guide", worker: true });

test("the guide, from a first run to tickets", async ({ page, desk }) => {
  await test.step("a first run leads to the set-up", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/setup$/);
  });
  const setupUrl = await test.step("wait log", async () => {
    await expect.poll(desk.webLog).toMatch(/INFO: First run: open \S+ to create the admin/);
    return desk.webLog().match(/First run: open (\S+) /)?.[1] ?? "";
  });
  await page.goto(setupUrl);
});
