// What opens over a page: menus and dialogs, as they look.

import type { Page } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import { beginKey, chooseFor, openApiKeys, sendKey, shownSecret } from "../src/keys.ts";
import { EACH_ONCE, expectToLookRight, expectToLookRightMeanwhile } from "../src/looks.ts";
import { arriveSignedIn } from "../src/people.ts";
import { expect, test } from "../src/test.ts";

test.describe.configure({ timeout: 300_000 });

const look = (page: Page, name: string) => expectToLookRight(page, name, EACH_ONCE);
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).click();
const pressIn = (page: Page, region: string, name: string) =>
  page.getByRole("region", { name: region }).getByRole("button", { name, exact: true }).click();

/** Chooses from the menu of a row. */
async function choose(page: Page, row: string, item: string): Promise<void> {
  await press(page, `Actions for ${row}`);
  await page.getByRole("menuitem", { name: item }).click();
}

type Openers = Record<string, readonly [path: string, open: (page: Page) => Promise<unknown>]>;

/** Opens each thing on its page anew, and looks at it. */
async function lookAtEach(page: Page, origin: string, prefix: string, openers: Openers): Promise<void> {
  for (const [name, [path, open]] of Object.entries(openers)) {
    await test.step(name, async () => {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(origin + path);
      await open(page);
      await look(page, `${prefix}-${name}`);
    });
  }
}

test("the console's menus and dialogs of customers", async ({ lockwork, staff, newPerson }) => {
  const { organization, key, owner, member } = await makeAcme(lockwork, "Soylent");
  const credits = { remaining: 1200, refill: { period: "MONTH", amount: 5000 } };
  const limits = [{ name: "requests", kind: "WINDOW", limit: 600, windowSeconds: 60 }];
  await lockwork.call("PATCH", `/v1/organizations/${organization.id}`, { credits, limits });
  const page = await newPerson(staff);
  const home = `/organizations/${organization.id}`;
  await lookAtEach(page, lockwork.console, "console", {
    "account-menu": ["/", (page) => press(page, /ada@/)],
    "create-organization": ["/organizations", (page) => press(page, "Create organization")],
    "organization-limits-dialog": [home, (page) => pressIn(page, "Limits", "Change")],
    "credits-dialog": [home, (page) => pressIn(page, "Credits", "Change")],
    "add-credits": [home, (page) => pressIn(page, "Credits", "Add")],
    "networks-dialog": [home, (page) => pressIn(page, "Networks", "Change")],
    "delete-organization": [home, (page) => press(page, "Delete")],
    invite: [`${home}/users`, (page) => press(page, "Invite")],
    "person-menu": [`${home}/users`, (page) => press(page, `Actions for ${member}`)],
    "person-roles": [`${home}/users`, (page) => choose(page, member, "Roles…")],
    "person-sessions": [`${home}/users`, (page) => choose(page, member, "Sessions…")],
    impersonate: [`${home}/users`, (page) => choose(page, owner, "Sign in as them…")],
    "remove-person": [`${home}/users`, (page) => choose(page, member, "Remove…")],
    "switch-keys-off": [
      `${home}/api-keys`,
      (page) => page.getByRole("switch", { name: "API keys", exact: true }).click(),
    ],
    "api-key-more": [`/api-keys/${key.id}`, (page) => press(page, "More")],
    event: [
      `${home}/audit-log`,
      (page) =>
        page
          .getByRole("button", { name: /API key created/ })
          .first()
          .click(),
    ],
  });
  await test.step("toast", async () => {
    await page.goto(lockwork.console + home);
    await pressIn(page, "Credits", "Add");
    await page.getByLabel("How many").fill("300");
    await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
    await expect(page.getByRole("status").getByRole("listitem")).toBeVisible();
    await page.screenshot({ path: "shots/console-toast-1440-light.png" });
  });
});

test("the console's dialogs of the project", async ({ lockwork, staff, newPerson }) => {
  await makeAcme(lockwork, "Wonka");
  await lockwork.call("POST", "/v1/limit-overrides", {
    namespace: "logins",
    identifier: "203.0.113.9",
    kind: "WINDOW",
    limit: 5,
    windowSeconds: 60,
  });
  const page = await newPerson(staff);
  await lookAtEach(page, lockwork.console, "console", {
    "create-role": ["/access", (page) => press(page, "Create role")],
    "change-role": ["/access", (page) => choose(page, "Wonka maker", "Change…")],
    "delete-role": ["/access", (page) => choose(page, "Wonka maker", "Delete…")],
    "add-action": [
      "/access/actions",
      async (page) => {
        await press(page, "Add action");
        await page.getByLabel("Name").fill("Widgets");
        await press(page, "Save");
        await expect(page.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
      },
    ],
    "remove-action": ["/access/actions", (page) => choose(page, "acme.widgets.read", "Remove…")],
    "create-plan": ["/limits", (page) => press(page, "Create plan")],
    "create-override": ["/limits/overrides", (page) => press(page, "Create override")],
    "delete-override": ["/limits/overrides", (page) => choose(page, "203.0.113.9", "Delete…")],
    "create-backend-key": ["/developer-keys", (page) => press(page, "Create Backend API key")],
    "backend-key-secret": [
      "/developer-keys",
      async (page) => {
        await press(page, "Create Backend API key");
        await page.getByLabel("Name").fill("Checkout");
        await press(page, "Create the key");
        await shownSecret(page);
      },
    ],
    "rename-backend-key": ["/developer-keys", (page) => choose(page, "Checkout", "Rename…")],
    "revoke-backend-key": ["/developer-keys", (page) => choose(page, "Checkout", "Revoke…")],
    "create-publishable-key": ["/developer-keys", (page) => press(page, "Create publishable key")],
    "oauth-client": ["/settings/sign-in", (page) => press(page, "Set the client at Google")],
    "switch-method-off": ["/settings/sign-in", (page) => page.getByRole("switch", { name: "Passkey" }).click()],
  });
});

test("the portal's menus and dialogs", async ({ lockwork, newPerson }) => {
  const { key, owner, member } = await makeAcme(lockwork, "Cyberdyne");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, owner);
  const keys = "/organization/api-keys";
  await lookAtEach(page, portal, "portal", {
    "account-menu": [keys, (page) => press(page, `Account of ${owner}`)],
    "create-key": [
      keys,
      async (page) => {
        const dialog = await beginKey(page, "Nightly build");
        await dialog.getByText("Limits").click();
        await dialog.getByRole("button", { name: "Add a limit" }).click();
      },
    ],
    "key-secret": [
      keys,
      async (page) => {
        await sendKey(await beginKey(page, "Staging"));
        await shownSecret(page);
      },
    ],
    "key-menu": [keys, (page) => press(page, "Actions for Nightly build")],
    "rotate-key": [keys, (page) => chooseFor(page, "Nightly build", "Rotate…")],
    "change-key": [keys, (page) => chooseFor(page, "Nightly build", "Change…")],
    "disable-key": [keys, (page) => chooseFor(page, "Nightly build", "Disable…")],
    "revoke-key": [keys, (page) => chooseFor(page, "Nightly build", "Revoke…")],
    "delete-key": [keys, (page) => chooseFor(page, "Old laptop", "Delete…")],
    "api-key-more": [`${keys}/${key.id}`, (page) => press(page, "More")],
    invite: ["/organization/members", (page) => press(page, "Invite")],
    "member-roles": ["/organization/members", (page) => choose(page, member, "Roles…")],
    "make-owner": ["/organization/members", (page) => choose(page, member, "Make an owner…")],
    "remove-member": ["/organization/members", (page) => choose(page, member, "Remove…")],
    "create-role": ["/organization/roles", (page) => press(page, "Create a role")],
    event: [
      "/organization/logs",
      (page) =>
        page
          .getByRole("button", { name: /API key created/ })
          .first()
          .click(),
    ],
  });
  await test.step("session-ended", async () => {
    await openApiKeys(page, portal);
    const dialog = await beginKey(page, "After lunch");
    await page.context().clearCookies();
    await sendKey(dialog);
    await expect(page.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
    await expectToLookRightMeanwhile(page, "portal-session-ended");
  });
});

test("the places of the portal on a phone", async ({ lockwork, newPerson }) => {
  const { owner } = await makeAcme(lockwork, "Tyrell");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, owner);
  await page.setViewportSize({ width: 390, height: 844 });
  await openApiKeys(page, portal);
  await press(page, "Menu");
  await page.screenshot({ path: "shots/portal-places-390-light.png" });
  await page.getByRole("link", { name: "Members" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Members" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Audit log" })).toBeHidden();
});
