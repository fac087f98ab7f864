// Pages without anything, while they load, and when that fails.

import { makeAcme } from "../src/acme.ts";
import { EACH_ONCE, expectToLookRight, expectToLookRightMeanwhile } from "../src/looks.ts";
import { arriveSignedIn } from "../src/people.ts";
import { expect, test } from "../src/test.ts";

test.use({ server: "of the states" });
test.describe.configure({ timeout: 300_000 });

/** What pages read, beside who is signed in and in which project. */
const READS = {
  console: /:\d+\/v1\/(?!project$)/,
  portal: /\/frontend\/v1\/(users|user-invites|api-keys|roles|audit-log-events|me\/sessions|rbac-policy)\b/,
};

const CONSOLE_PAGES = {
  overview: "/",
  organizations: "/organizations",
  roles: "/access",
  actions: "/access/actions",
  plans: "/limits",
  "developer-keys": "/developer-keys",
  "audit-log": "/audit-log",
  connect: "/connect",
};

/** Those that differ in how they say that something failed. */
const FAILING = new Set(["overview", "organizations", "developer-keys", "connect", "api-keys", "members"]);

test("a new project says what to do first", async ({ lockwork, staff, newPerson }) => {
  const page = await newPerson(staff);
  for (const [name, path] of Object.entries(CONSOLE_PAGES)) {
    await test.step(name, async () => {
      await page.goto(lockwork.console + path);
      await expectToLookRight(page, `console-new-${name}`, EACH_ONCE);
    });
  }
  await page.goto(`${lockwork.console}/organizations`);
  await page.getByRole("button", { name: "Create organization" }).last().click();
  await page.getByRole("dialog").getByLabel("Name").fill("First");
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "First" })).toBeVisible();
  for (const tab of ["People", "API keys", "Roles"]) {
    await test.step(tab, async () => {
      const tabs = page.getByRole("navigation", { name: "Organization" });
      await tabs.getByRole("link", { name: tab, exact: true }).click();
      await expectToLookRight(page, `console-new-organization-${tab.toLowerCase().replace(" ", "-")}`, EACH_ONCE);
    });
  }
});

test("the console while it loads, and when that fails", async ({ lockwork, staff, newPerson, watch }) => {
  watch.expectError(/status of 503/);
  await makeAcme(lockwork, "Aperture");
  const page = await newPerson(staff);
  for (const [name, path] of Object.entries(CONSOLE_PAGES)) {
    await test.step(name, async () => {
      await page.route(READS.console, () => undefined);
      await page.goto(lockwork.console + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectToLookRightMeanwhile(page, `console-loading-${name}`);
      await page.unrouteAll({ behavior: "ignoreErrors" });
      if (!FAILING.has(name)) return;
      await page.route(READS.console, (route) => route.fulfill({ status: 503, body: "unavailable" }));
      await page.goto(lockwork.console + path);
      await expect(page.getByText(/could not be loaded|Not known/).first()).toBeVisible();
      await expectToLookRight(page, `console-failing-${name}`, EACH_ONCE);
      await page.unroute(READS.console);
    });
  }
});

test("the portal while it loads, and when that fails", async ({ lockwork, newPerson, watch }) => {
  watch.expectError(/status of 503/);
  const { owner } = await makeAcme(lockwork, "Massive");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, owner);
  const pages = {
    "api-keys": "/organization/api-keys",
    members: "/organization/members",
    roles: "/organization/roles",
    logs: "/organization/logs",
    security: "/user/security",
  };
  for (const [name, path] of Object.entries(pages)) {
    await test.step(name, async () => {
      await page.route(READS.portal, () => undefined);
      await page.goto(portal + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectToLookRightMeanwhile(page, `portal-loading-${name}`);
      await page.unrouteAll({ behavior: "ignoreErrors" });
      if (!FAILING.has(name)) return;
      await page.route(READS.portal, (route) => route.fulfill({ status: 503, body: "unavailable" }));
      await page.goto(portal + path);
      await expect(page.getByText("could not be loaded").first()).toBeVisible();
      await expectToLookRight(page, `portal-failing-${name}`, EACH_ONCE);
      await page.unroute(READS.portal);
    });
  }
});
