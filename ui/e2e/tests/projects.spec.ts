// More than one project on a server.

import { expect } from "@playwright/test";
import { expectAccessible } from "../src/looks.ts";
import { PASSWORD } from "../src/people.ts";
import { test } from "../src/test.ts";

test("an owner makes a second project, works there, and comes back", async ({ lockwork, staff, newPerson }) => {
  const page = await newPerson(staff);
  await page.goto(lockwork.console);
  await page.getByRole("button", { name: "Projects" }).click();
  await page.getByRole("menuitem", { name: "Create a project" }).click();
  await page.getByLabel("Name").fill("Staging");
  await page.getByLabel("Prefix of its API keys").fill("test_");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Staging" })).toBeVisible();
  await page.goto(`${lockwork.console}/settings/api-keys`);
  await expect(page.getByTestId("key-preview")).toContainText("test_");

  await page.getByRole("button", { name: "Staging" }).click();
  await page.getByRole("menuitem", { name: "Go to My project" }).click();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "My project" })).toBeVisible();
});
