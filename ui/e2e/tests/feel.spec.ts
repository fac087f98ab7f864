// Pages stay where they are while they load, and people where they were.

import type { Page } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import { beginKey, openApiKeys } from "../src/keys.ts";
import { settled } from "../src/looks.ts";
import { arriveSignedIn } from "../src/people.ts";
import { expect, test } from "../src/test.ts";

/** What is still called good (https://web.dev/articles/cls). */
const SHIFT_LIMIT = 0.1;
const LATE_MS = 100;

declare global {
  interface Window {
    shifted: number;
  }
}

/** Has pages add up how much what is seen of them moves without anybody's doing. */
async function measureShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
        if (!hadRecentInput) window.shifted += value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  // So that what stands there meanwhile is painted.
  await page.route(/\/v1\//, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    await route.continue();
  });
}

async function expectNoShift(page: Page, origin: string, paths: string[]): Promise<void> {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of paths) {
      await page.goto(origin + path);
      await settled(page);
      expect(await page.evaluate(() => window.shifted), `${path} at ${width}`).toBeLessThan(SHIFT_LIMIT);
    }
  }
}

test("the console's pages do not jump", async ({ lockwork, staff, newPerson }) => {
  test.slow();
  const { organization, key } = await makeAcme(lockwork, "Stark");
  const page = await newPerson(staff);
  await measureShifts(page);
  const home = `/organizations/${organization.id}`;
  const paths = ["/", "/organizations", home, `${home}/api-keys`, `/api-keys/${key.id}`, "/access"];
  await expectNoShift(page, lockwork.console, [...paths, "/developer-keys", "/connect"]);
});

test("the portal's pages do not jump", async ({ lockwork, newPerson }) => {
  test.slow();
  const { owner, key } = await makeAcme(lockwork, "Wayne");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, owner);
  await measureShifts(page);
  const paths = ["/organization/api-keys", `/organization/api-keys/${key.id}`, "/organization/members"];
  await expectNoShift(page, portal, [...paths, "/organization/roles", "/organization/logs"]);
});

test("a dialog gives the focus back to what opened it", async ({ lockwork, newPerson }) => {
  const { owner } = await makeAcme(lockwork, "Oscorp");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, owner);
  await openApiKeys(page, portal);
  await beginKey(page, "Never mind");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Create a key" })).toBeFocused();
  const menu = page.getByRole("button", { name: "Actions for Nightly build" });
  for (const [item, leave] of [
    ["Change…", () => page.keyboard.press("Escape")],
    ["Revoke…", () => page.getByRole("button", { name: "Cancel" }).click()],
  ] as const) {
    await menu.press("Enter");
    await page.getByRole("menuitem", { name: item }).press("Enter");
    await expect(page.getByRole("dialog")).toBeVisible();
    await leave();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(menu).toBeFocused();
  }
});

test("a switch shows what was chosen at once, and goes back when that fails", async ({
  lockwork,
  newPerson,
  watch,
}) => {
  watch.expectError(/status of 503/);
  const { owner } = await makeAcme(lockwork, "Roxxon");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, owner);
  await page.goto(`${portal}/organization`);
  const personal = page.getByRole("switch", { name: /API keys of their own/ });
  let fail = () => {};
  const failing = new Promise<void>((resolve) => (fail = resolve));
  await page.route("**/frontend/v1/organization", async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    await failing;
    await route.fulfill({ status: 503, body: "unavailable" });
  });
  await personal.click();
  await expect(personal).toBeChecked();
  fail();
  await expect(page.getByRole("status").getByRole("listitem")).toBeVisible();
  await expect(personal).not.toBeChecked();
});

test("every tab of the browser says what it shows", async ({ lockwork, staff, newPerson }) => {
  const page = await newPerson(staff);
  for (const [path, title] of [
    ["/", "Overview · My project"],
    ["/access/actions", "Roles and actions · My project"],
    ["/settings", "Settings · My project"],
  ] as const) {
    await page.goto(lockwork.console + path);
    await expect(page).toHaveTitle(title);
  }
});

test("nothing moves for those who asked for that", async ({ lockwork, staff, newPerson }) => {
  const page = await newPerson({ ...staff, reducedMotion: "reduce" });
  await page.route(/:\d+\/v1\/organizations\?/, () => undefined);
  await page.goto(`${lockwork.console}/organizations`);
  await expect(page.getByRole("table")).toHaveAttribute("aria-busy", "true");
  const moving = () =>
    document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration) > 10).length;
  expect(await page.evaluate(moving)).toBe(0);
});
