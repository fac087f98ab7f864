// People find what they look for, and see what it may do and what is left of it.

import { makeAcme } from "../src/acme.ts";
import { arriveSignedIn } from "../src/people.ts";
import { expect, test } from "../src/test.ts";

test("the console finds organizations by a part of their name, and keys over all organizations", async ({
  lockwork,
  staff,
  newPerson,
}) => {
  const one = await makeAcme(lockwork, "Northwind");
  await makeAcme(lockwork, "Contoso");
  const page = await newPerson(staff);
  await page.goto(`${lockwork.console}/organizations`);
  await page.getByRole("searchbox", { name: "Search by name" }).fill("THWI");
  await expect(page.getByRole("link", { name: "Contoso" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Northwind" })).toBeVisible();
  await expect(page).toHaveURL(/\?search=THWI$/);

  await page.getByRole("navigation").getByRole("link", { name: "API keys" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
  const row = (organization: string) => page.getByRole("row", { name: new RegExp(`Nightly build.*${organization}`) });
  await expect(row("Northwind")).toContainText("acme.widgets.create");
  await expect(row("Contoso")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create a key" })).toHaveCount(0);
  await page.getByLabel("State").selectOption({ label: "Revoked" });
  await expect(page.getByRole("row", { name: /Old laptop.*Northwind.*No scopes/ })).toBeVisible();
  await expect(row("Northwind")).toHaveCount(0);
  await expect(page).toHaveURL(/\/api-keys\?state=REVOKED$/);

  const log = `${lockwork.console}/organizations/${one.organization.id}/audit-log`;
  await page.goto(log);
  const event = page.getByRole("row", { name: /API key created/ }).first();
  await expect(event).toBeVisible();
  const person = `user_${"0".repeat(24)}7`;
  await page.goto(`${log}?person=${person}`);
  await expect(page.getByText("No event fits")).toBeVisible();
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(event).toBeVisible();
});

test("owners see what is left of a key's limits, set its tags and networks, and who did that", async ({
  lockwork,
  newPerson,
}) => {
  const acme = await makeAcme(lockwork, "Tailspin");
  const limits = [{ name: "requests", kind: "WINDOW", limit: 50, windowSeconds: 3600 }];
  await lockwork.call("PATCH", `/v1/organizations/${acme.organization.id}`, { limits });
  const portal = await lockwork.portal();
  const page = await newPerson({ viewport: { width: 390, height: 844 } });
  await arriveSignedIn(page, lockwork, portal, acme.owner);

  await page.goto(`${portal}/organization/api-keys`);
  const row = page.getByRole("row", { name: /Nightly build/ });
  await expect(row).toContainText("acme.widgets.create");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  await page.getByRole("button", { name: "Create a key" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Measured");
  await page.getByRole("button", { name: "Create the key" }).click();
  const secret = await page.getByTestId("secret").innerText();
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("link", { name: "Measured" }).click();
  const meter = page.getByRole("meter", { name: /organization\.requests/ });
  await expect(meter).toHaveAttribute("aria-valuetext", "50 of 50");
  await lockwork.call("POST", "/v1/api-keys/verify", { secretToken: secret, cost: 8 });
  await page.reload();
  await expect(meter).toHaveAttribute("aria-valuenow", "42");
  await expect(page.getByText(/42 of 50 left · resets/)).toBeVisible();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Change…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Tags/).fill("prod, eu");
  await dialog.getByLabel(/^Networks/).fill("198.51.100.0/24");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("eu, prod")).toBeVisible();
  await expect(page.getByText("198.51.100.0/24")).toBeVisible();

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${portal}/organization/logs`);
  await page
    .getByRole("button", { name: `Only what ${acme.owner} did` })
    .first()
    .click();
  await expect(page).toHaveURL(/person=user_/);
  await expect(page.getByLabel("By")).toHaveValue(/^user_/);
  await expect(page.getByRole("row", { name: /API key changed/ }).first()).toBeVisible();
});
