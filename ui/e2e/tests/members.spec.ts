// People see what they may do, and nothing that would be refused.

import { makeAcme } from "../src/acme.ts";
import { arriveSignedIn, callFrom } from "../src/people.ts";
import { settled } from "../src/looks.ts";
import { expect, test } from "../src/test.ts";

const CLOSED = "This is not open to you";

test("a member is offered nothing that would be refused", async ({ lockwork, newPerson }) => {
  const acme = await makeAcme(lockwork, "Hooli");
  const portal = await lockwork.portal();
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, portal, acme.member);
  const refused: string[] = [];
  page.on("response", (answer) => answer.status() === 403 && refused.push(answer.url()));
  await page.goto(`${portal}/`);
  await settled(page);
  for (const name of ["API keys", "Audit log"]) {
    await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0);
  }
  for (const path of ["/organization", "/organization/members", "/organization/sign-in", "/organization/roles"]) {
    await page.goto(portal + path);
    await settled(page);
    await expect(page.getByRole("button", { name: /^(create|invite|save|delete|remove)/i }), path).toHaveCount(0);
    for (const control of await page.getByRole("switch").all()) await expect(control, path).toBeDisabled();
  }
  await page.goto(`${portal}/organization/members`);
  await page.getByRole("button", { name: `Actions for ${acme.owner}` }).click();
  await expect(page.getByRole("menuitem")).toHaveText(["Roles…"]);
  await page.getByRole("menuitem").click();
  for (const role of await page.getByRole("dialog").getByRole("checkbox").all()) await expect(role).toBeDisabled();
  for (const path of ["/organization/api-keys", `/organization/api-keys/${acme.key.id}`, "/organization/logs"]) {
    await page.goto(portal + path);
    await expect(page.getByText(CLOSED)).toBeVisible();
    await expect(page.getByRole("button", { name: "Create a key" })).toHaveCount(0);
  }
  expect(refused).toEqual([]);
});

test("staff who are no owners read everything and are offered no change", async ({ lockwork, staff, newPerson }) => {
  const acme = await makeAcme(lockwork, "Pied");
  const ada = await newPerson(staff);
  await ada.goto(lockwork.console);
  await callFrom(ada, "PATCH", "/api/frontend/v1/organization", { logInWithEmail: true });
  await callFrom(ada, "POST", "/api/frontend/v1/user-invites", { email: "linus@example.com" });
  const page = await newPerson();
  await arriveSignedIn(page, lockwork, lockwork.console, "linus@example.com");
  const organization = `/organizations/${acme.organization.id}`;
  for (const path of [
    "/",
    "/organizations",
    organization,
    `${organization}/users`,
    `${organization}/api-keys`,
    `${organization}/roles`,
    `${organization}/sign-in`,
    "/api-keys",
    `/api-keys/${acme.key.id}`,
    "/access",
    "/access/actions",
    "/limits",
    "/developer-keys",
    "/settings",
    "/settings/sign-in",
  ]) {
    await page.goto(lockwork.console + path);
    await settled(page);
    const main = page.getByRole("main");
    await expect(main.getByRole("heading", { level: 1 })).toBeVisible();
    const changes = main.getByRole("button", {
      name: /^(create|add|invite|save|delete|revoke|rotate|actions for|more)/i,
    });
    await expect(changes, path).toHaveCount(0);
    for (const control of await main.getByRole("switch").all()) await expect(control, path).toBeDisabled();
  }
});
