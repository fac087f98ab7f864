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
  await filled(page);
}

/** Waits until the page shows what it is for: nothing that only stands in its place. */
async function filled(page: Page): Promise<void> {
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true], .animate-pulse")).toHaveCount(0);
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
async function expectToFit(page: Page): Promise<void> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0);
}

interface View {
  width: number;
  height: number;
  colorScheme: "light" | "dark";
}

const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1440, height: 900 };

/** Makes the page as small as the first view is, so that it is loaded there. */
export const beginOnPhone = (page: Page): Promise<void> => page.setViewportSize(PHONE);

/** A phone and a wide screen, light and dark. */
export const EVERY_VIEW: readonly View[] = [
  { ...PHONE, colorScheme: "light" },
  { ...PHONE, colorScheme: "dark" },
  { ...WIDE, colorScheme: "light" },
  { ...WIDE, colorScheme: "dark" },
];

/** Each size and each scheme once: for what stands over a page, or in its place. */
export const EACH_ONCE: readonly View[] = [
  { ...PHONE, colorScheme: "dark" },
  { ...WIDE, colorScheme: "light" },
];

/** Judges and photographs the page, once it is filled, in each of the views. */
export async function expectToLookRight(page: Page, name: string, views = EVERY_VIEW): Promise<void> {
  await filled(page);
  await expectToLookRightMeanwhile(page, name, views);
}

/** The same while something is under way. */
export async function expectToLookRightMeanwhile(page: Page, name: string, views = EACH_ONCE): Promise<void> {
  for (const { width, height, colorScheme } of views) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Each size and each scheme is judged once, which is enough to see what is wrong with either.
    if (EACH_ONCE.some((judged) => judged.width === width && judged.colorScheme === colorScheme)) {
      await expectAccessible(page);
    }
    await expectToFit(page);
    // What stands over the page stands over what is seen of it.
    const over = await page.locator("dialog[open], [role=menu]").count();
    await page.screenshot({ path: `shots/${name}-${width}-${colorScheme}.png`, fullPage: over === 0 });
  }
}
