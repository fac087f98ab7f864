// What people do without a mouse.

import { type Locator, type Page, expect } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import { openApiKeys } from "../src/keys.ts";
import { arriveSignedIn } from "../src/people.ts";
import { test } from "../src/test.ts";

const FEW = 40;

/** Goes from focus to focus until it is there, where it can be seen. */
async function tabTo(page: Page, aim: Locator): Promise<void> {
  for (let presses = 0; presses < FEW; presses++) {
    if (await aim.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(aim).toBeFocused();
  const outline = await aim.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline, "a visible focus").not.toBe("none");
}

test("a key is made and revoked by keyboard alone", async ({ lockwork, newPerson }) => {
  const acme = await makeAcme(lockwork, "Keys");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, acme.owner);
  await openApiKeys(page, portal);
  const create = page.getByRole("button", { name: "Create a key" });
  await tabTo(page, create);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.type("By hand");
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "I have kept it" }));
  // A secret does not vanish by a slip.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("secret")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(create).toBeFocused();

  await tabTo(page, page.getByRole("button", { name: "Actions for By hand" }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Revoke…" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel(/Type/));
  await page.keyboard.type("By hand");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /By hand.*Revoked/ })).toBeVisible();
});
