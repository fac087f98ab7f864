// A customer's own product, with API keys in it.

import { makeAcme } from "../src/acme.ts";
import { Example } from "../src/example.ts";
import { closeSecret, createKey } from "../src/keys.ts";
import { expectAccessible } from "../src/looks.ts";
import { expect, test } from "../src/test.ts";

test("a product shows its customers their keys, and who is not signed in signs in and comes back", async ({
  lockwork,
  newPerson,
  watch,
}) => {
  const acme = await makeAcme(lockwork, "Embedded");
  const example = await Example.start(lockwork);
  watch.allow(example.port);
  const page = await newPerson();
  await page.goto(example.origin);
  await page.getByLabel("E-mail").fill(acme.owner);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByLabel("Code").fill(await lockwork.mail(acme.owner, /^\s*(\d{6})\s*$/m));
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Embedded" }).click();

  await expect(page).toHaveURL(`${example.origin}/`);
  await expect(page.getByText(`${acme.owner} of Embedded may`)).toBeVisible();
  await expect(page.getByRole("row", { name: /Nightly build/ })).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: "shots/example-1440-light.png", fullPage: true });
  const secret = await createKey(page, "From the product", "acme.widgets", ["read"]);
  await closeSecret(page);
  await page.reload();
  await expect(page.getByRole("row", { name: /From the product/ })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  await example.stop();
});
