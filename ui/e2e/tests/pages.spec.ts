// Every page: for everybody, without a request to elsewhere, as it looks.

import { makeAcme } from "../src/acme.ts";
import { beginOnPhone, expectToLookRight } from "../src/looks.ts";
import { arriveSignedIn } from "../src/people.ts";
import { test } from "../src/test.ts";

test.describe.configure({ timeout: 300_000 });

test("the console's pages", async ({ lockwork, staff, newPerson }) => {
  const { organization, key } = await makeAcme(lockwork, "Globex");
  const page = await newPerson(staff);
  const organizations = `/organizations/${organization.id}`;
  const pages = {
    overview: "/",
    organizations: "/organizations",
    "organizations-none": "/organizations?search=nobody",
    organization: organizations,
    "organization-users": `${organizations}/users`,
    "organization-api-keys": `${organizations}/api-keys`,
    "organization-roles": `${organizations}/roles`,
    "organization-sign-in": `${organizations}/sign-in`,
    "organization-audit-log": `${organizations}/audit-log`,
    "api-keys": "/api-keys",
    "api-key": `/api-keys/${key.id}`,
    roles: "/access",
    actions: "/access/actions",
    plans: "/limits",
    "limit-overrides": "/limits/overrides",
    "developer-keys": "/developer-keys",
    "audit-log": "/audit-log",
    connect: "/connect",
    settings: "/settings",
    "settings-api-keys": "/settings/api-keys",
    "settings-sign-in": "/settings/sign-in",
    "settings-domains": "/settings/domains",
    "settings-branding": "/settings/branding",
  };
  for (const [name, path] of Object.entries(pages)) {
    await test.step(name, async () => {
      await beginOnPhone(page);
      await page.goto(lockwork.console + path);
      await expectToLookRight(page, `console-${name}`);
    });
  }
});

test("the portal's pages of those who are signed in", async ({ lockwork, newPerson }) => {
  const { key, owner, member } = await makeAcme(lockwork, "Initech");
  const portal = await lockwork.portal();
  const people = {
    owner: [
      "/organization",
      "/organization/members",
      "/organization/sign-in",
      "/organization/api-keys",
      "/organization/api-keys?search=nothing",
      `/organization/api-keys/${key.id}`,
      "/organization/roles",
      "/organization/logs",
      "/user",
      "/user/security",
    ],
    member: ["/organization", "/organization/members", "/organization/api-keys", "/organization/nowhere", "/user"],
  };
  for (const [person, paths] of Object.entries(people)) {
    const page = await newPerson();
    await arriveSignedIn(page, lockwork, portal, person === "owner" ? owner : member);
    for (const path of paths) {
      await test.step(`${person} ${path}`, async () => {
        await beginOnPhone(page);
        await page.goto(portal + path);
        await expectToLookRight(
          page,
          `portal-${person}${path.replace(key.id, "key").replace("?search=nothing", "-none").replaceAll("/", "-")}`,
        );
      });
    }
  }
});

test("the portal's pages of those who are not", async ({ lockwork, newPerson, watch }) => {
  // The links' codes are none.
  watch.expectError(/status of 400/);
  await makeAcme(lockwork, "Umbrella");
  const portal = await lockwork.portal();
  const page = await newPerson();
  for (const path of [
    "/login",
    "/logout",
    "/verify-email?code=none",
    "/impersonate?secret-user-impersonation-token=none",
  ]) {
    await test.step(path, async () => {
      await beginOnPhone(page);
      await page.goto(portal + path);
      await expectToLookRight(page, `portal${path.replace(/\?.*/, "").replaceAll("/", "-")}`);
    });
  }
});
