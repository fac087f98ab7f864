// API keys, as people manage them on a page.

import { type Locator, type Page, expect } from "@playwright/test";

export async function openApiKeys(page: Page, portal: string): Promise<void> {
  await page.goto(`${portal}/organization/api-keys`);
  await expect(page.getByRole("button", { name: "Create a key" })).toBeVisible();
}

/** The dialog that makes a key, with a name typed. */
export async function beginKey(page: Page, name: string): Promise<Locator> {
  await page.getByRole("button", { name: "Create a key" }).click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByLabel("Name").fill(name);
  return dialog;
}

export async function sendKey(dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "Create the key" }).click();
}

/** Makes a key with these scopes of a resource, and returns the secret that the page shows. */
export async function createKey(page: Page, name: string, resource: string, scopes: string[]): Promise<string> {
  const dialog = await beginKey(page, name);
  const group = dialog.getByRole("group", { name: resource });
  for (const scope of scopes) await group.getByRole("checkbox", { name: new RegExp(`^${scope}\\b`) }).check();
  await sendKey(dialog);
  return shownSecret(page);
}

/** The secret that a dialog shows. */
export async function shownSecret(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Copy the secret" })).toBeVisible();
  return dialog.getByTestId("secret").innerText();
}

export async function closeSecret(page: Page): Promise<void> {
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

/** Chooses what to do with a key from its row's menu. */
export async function chooseFor(page: Page, key: string, action: string): Promise<Locator> {
  await page.getByRole("button", { name: `Actions for ${key}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
  return page.getByRole("dialog");
}
