// What people typed survives a bad network, a failing server and the end of their session.

import type { Route } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import { beginKey, closeSecret, openApiKeys, sendKey, shownSecret } from "../src/keys.ts";
import { arriveSignedIn } from "../src/people.ts";
import { expect, test } from "../src/test.ts";

const KEYS = "**/api/frontend/v1/api-keys";

test("a slow network only makes people wait", async ({ lockwork, newPerson }) => {
  const acme = await makeAcme(lockwork, "Snail");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, acme.owner);
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  // Chromium's own "Slow 3G".
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 400,
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
  test.slow();
  await page.goto(`${portal}/organization/api-keys`);
  await expect(page.getByRole("button", { name: "Create a key" })).toBeVisible({ timeout: 60_000 });
  const dialog = await beginKey(page, "From afar");
  // Twice in a hurry makes one key.
  await dialog.getByRole("button", { name: "Create the key" }).dblclick();
  await shownSecret(page);
  await closeSecret(page);
  await expect(page.getByRole("row", { name: /From afar/ })).toHaveCount(1);
});

test("a failing server leaves the form as it was", async ({ lockwork, newPerson, watch }) => {
  const acme = await makeAcme(lockwork, "Flaky");
  const portal = await lockwork.portal();
  const page = await newPerson();
  watch.expectError(/status of 503|ERR_FAILED/);
  await arriveSignedIn(page, lockwork, portal, acme.owner);
  await openApiKeys(page, portal);
  const dialog = await beginKey(page, "Third time lucky");
  const failures = [
    (route: Route) => route.abort(),
    (route: Route) => route.fulfill({ status: 503, body: "unavailable" }),
  ];
  for (const fail of failures) {
    await page.route(KEYS, (route) => (route.request().method() === "POST" ? fail(route) : route.continue()));
    await sendKey(dialog);
    await expect(dialog.getByRole("alert")).toBeVisible();
    await expect(dialog.getByLabel("Name")).toHaveValue("Third time lucky");
    await page.unroute(KEYS);
  }
  await sendKey(dialog);
  await shownSecret(page);
});

test("a failing list says so and tries again", async ({ lockwork, newPerson, watch }) => {
  const acme = await makeAcme(lockwork, "Patchy");
  const portal = await lockwork.portal();
  const page = await newPerson();
  watch.expectError(/status of 503/);
  await arriveSignedIn(page, lockwork, portal, acme.owner);
  await page.route(`${KEYS}?*`, (route) => route.fulfill({ status: 503, body: "unavailable" }));
  await page.goto(`${portal}/organization/api-keys`);
  const retry = page.getByRole("button", { name: /try again/i });
  await expect(retry).toBeVisible();
  await page.unroute(`${KEYS}?*`);
  await retry.click();
  await expect(page.getByRole("row", { name: /Nightly build/ })).toBeVisible();
});

test("a session that ends in the middle of a form goes on after signing in again", async ({ lockwork, newPerson }) => {
  const acme = await makeAcme(lockwork, "Sleepy");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, acme.owner);
  await openApiKeys(page, portal);
  const dialog = await beginKey(page, "After lunch");
  await page.context().clearCookies();
  await sendKey(dialog);
  const ended = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(ended).toBeVisible();
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    ended.getByRole("link", { name: "Sign in" }).click(),
  ]);
  await expect(tab.getByLabel(/e-?mail/i)).toBeVisible();
  await arriveSignedIn(tab, lockwork, portal, acme.owner);
  await tab.close();
  await page.bringToFront();
  const goOn = ended.getByRole("button", { name: "Go on" });
  // Coming back goes on by itself, where the browser says that one came back.
  if (await goOn.isVisible()) await goOn.click({ timeout: 2_000 }).catch(() => undefined);
  await shownSecret(page);
  await closeSecret(page);
  await expect(page.getByRole("row", { name: /After lunch/ })).toBeVisible();
});

test("an access token that has grown old is made new unseen", async ({ lockwork, newPerson }) => {
  const acme = await makeAcme(lockwork, "Stale");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, acme.owner);
  await openApiKeys(page, portal);
  const dialog = await beginKey(page, "Without a hitch");
  await page.context().clearCookies({ name: /_access_token$/ });
  await sendKey(dialog);
  await shownSecret(page);
});
