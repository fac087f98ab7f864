// What a page looks like, and to whom.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Page, expect } from "@playwright/test";
import type { AxeResults } from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SERIOUS = ["serious", "critical"];

declare const axe: { run: () => Promise<AxeResults> };

/** Waits until nothing on the page is under way. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
}

/** Fails on what shuts people out. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  const serious = violations.filter(({ impact }) => SERIOUS.includes(impact ?? ""));
  const named = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" … ")}`);
  expect(named, page.url()).toEqual([]);
}

/** Fails when a phone has to scroll sideways. */
export async function expectToFit(page: Page): Promise<void> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0);
}

/** Judges and photographs the page on a phone and on a wide screen, light and dark. */
export async function expectToLookRight(page: Page, name: string): Promise<void> {
  for (const [size, width, height] of [
    ["390", 390, 844],
    ["1440", 1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settled(page);
      await expectAccessible(page);
      await expectToFit(page);
      await page.screenshot({ path: `shots/${name}-${size}-${colorScheme}.png`, fullPage: true });
    }
  }
}
