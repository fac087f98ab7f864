// How long people wait until they can do what a page is for. Quote medians, and their ratio to the empty page.

import type { BrowserContext, Page } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import { arriveSignedIn } from "../src/people.ts";
import { test } from "../src/test.ts";

const ROUNDS = 15;

/** A page, and what is there when it can be used. */
interface Wanted {
  url: string;
  /** A selector of something that is neither hidden nor disabled then. */
  ready: string;
}

/** Milliseconds from the navigation's start until the page is ready. */
async function load(page: Page, { url, ready }: Wanted): Promise<number> {
  await page.goto(url, { waitUntil: "commit" });
  const found = await page.waitForFunction((ready) => {
    const element = document.querySelector(ready);
    return element?.checkVisibility() && !element.matches(":disabled") && performance.now();
  }, ready);
  return Number(await found.jsonValue());
}

const median = (numbers: number[]) => Math.round(numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0);

/** Loads with an empty cache, and with what the load before left in it. */
async function measure(open: () => Promise<Page>, wanted: Wanted): Promise<{ cold: number; warm: number }> {
  const [cold, warm]: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const page = await open();
    cold?.push(await load(page, wanted));
    warm?.push(await load(page, wanted));
    await page.context().close();
  }
  return { cold: median(cold ?? []), warm: median(warm ?? []) };
}

test("first loads", async ({ lockwork, staff, browser, newPerson }) => {
  const acme = await makeAcme(lockwork, "Measured");
  const portal = await lockwork.portal();
  const member = await newPerson();
  await arriveSignedIn(member, lockwork, portal, acme.owner);
  const signedIn = { storageState: await member.context().storageState() };
  const as = (who: Parameters<typeof browser.newContext>[0]) => async () =>
    (await browser.newContext(who).then((context: BrowserContext) => context.newPage())) as Page;
  const pages: Record<string, [() => Promise<Page>, Wanted]> = {
    "empty page": [as({}), { url: `${lockwork.origin}/readyz`, ready: "body" }],
    "sign-in": [as({}), { url: `${portal}/login`, ready: "button[type=submit]" }],
    portal: [as(signedIn), { url: `${portal}/organization/api-keys`, ready: "td a" }],
    console: [as(staff), { url: `${lockwork.console}/organizations`, ready: "td a" }],
  };
  for (const [name, [open, wanted]] of Object.entries(pages)) {
    const { cold, warm } = await measure(open, wanted);
    console.log(`${name}: ${cold} ms with an empty cache, ${warm} ms after that (medians of ${ROUNDS})`);
  }
});
