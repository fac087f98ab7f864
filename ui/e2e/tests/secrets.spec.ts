// Where a secret is: on the page that makes it, once.

import type { Page } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import { closeSecret, createKey, openApiKeys } from "../src/keys.ts";
import { arriveSignedIn } from "../src/people.ts";
import { expect, test } from "../src/test.ts";

/** All that the browser keeps of a site for scripts. */
async function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const caches = await window.caches.keys();
    const history = window.history.state as unknown;
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases, caches, history]);
  });
}

test("a key's secret is shown once and is kept nowhere", async ({ lockwork, newPerson, watch }) => {
  const acme = await makeAcme(lockwork, "Secretive");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, acme.owner);
  await openApiKeys(page, portal);
  const secret = await createKey(page, "Seen once", "acme.widgets", ["read"]);

  expect(await page.content()).toContain(secret);
  expect(await kept(page)).not.toContain(secret);
  await closeSecret(page);
  expect(await page.content()).not.toContain(secret);
  await page.reload();
  await expect(page.getByRole("row", { name: /Seen once/ })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  expect(await kept(page)).not.toContain(secret);
  expect(watch.addresses.join("\n")).not.toContain(secret);
  expect(lockwork.log).not.toContain(secret);
});
