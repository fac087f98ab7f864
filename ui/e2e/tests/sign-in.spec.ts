// The steps of signing in, as they look.

import type { Page } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import type { Lockwork } from "../src/lockwork.ts";
import { EACH_ONCE, expectToLookRight } from "../src/looks.ts";
import { PASSWORD } from "../src/people.ts";
import { expect, test } from "../src/test.ts";
import { totp } from "../src/totp.ts";

test.use({ server: "of signing in" });
test.describe.configure({ timeout: 300_000 });

const look = (page: Page, name: string) => expectToLookRight(page, `sign-in-${name}`, EACH_ONCE);
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** As far as the mail. */
async function sayWho(page: Page, origin: string, email: string): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.getByLabel("E-mail").fill(email);
  await press(page, "Continue");
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
}

async function giveCode(page: Page, lockwork: Lockwork, email: string): Promise<void> {
  await page.getByLabel("Code").fill(await lockwork.mail(email, /^\s*(\d{6})\s*$/m));
  await press(page, "Continue");
}

test("every step of signing in", async ({ lockwork, newPerson, watch }) => {
  watch.expectError(/status of (400|503)/);
  const { organization } = await makeAcme(lockwork, "Vandelay");
  await lockwork.call("PATCH", `/v1/organizations/${organization.id}`, {
    logInWithPassword: true,
    logInWithAuthenticatorApp: true,
    logInWithPasskey: true,
    requireMfa: true,
  });
  const person = "invited@vandelay.example";
  await lockwork.call("POST", "/v1/user-invites", { organizationId: organization.id, email: person });
  const portal = await lockwork.portal();
  const page = await newPerson();

  await test.step("who one is", async () => {
    const mails = "**/issue-email-verification-challenge";
    await page.route(mails, (route) => route.fulfill({ status: 503, body: "unavailable" }));
    await page.goto(`${portal}/login`);
    await page.getByLabel("E-mail").fill(person);
    await press(page, "Continue");
    await expect(page.getByRole("alert")).toBeVisible();
    await look(page, "failing");
    await page.unroute(mails);
    await sayWho(page, portal, person);
    await look(page, "code");
    await page.getByLabel("Code").fill("123");
    await press(page, "Continue");
    await expect(page.getByRole("alert")).toBeVisible();
    await look(page, "wrong-code");
    await giveCode(page, lockwork, person);
  });

  let key = "";
  await test.step("the first time", async () => {
    await expect(page.getByRole("heading", { name: "Choose an organization" })).toBeVisible();
    await look(page, "organizations");
    await press(page, "Vandelay");
    await look(page, "new-password");
    await page.getByLabel("New password").fill(PASSWORD);
    await press(page, "Continue");
    await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
    await look(page, "set-up");
    await press(page, "Use an authenticator app");
    await page.getByText("It cannot be scanned?").click();
    await look(page, "authenticator-app");
    key = await page.locator("code").innerText();
    await page.getByLabel("Code that the app shows").fill(totp(key));
    await press(page, "Continue");
    await expect(page.getByRole("heading", { name: "Keep these recovery codes" })).toBeVisible();
    await look(page, "recovery-codes");
    await press(page, "I have kept them");
    await expect(page).not.toHaveURL(/\/login/);
  });

  await test.step("what they set for themselves", async () => {
    await page.goto(`${portal}/user/security`);
    await expectToLookRight(page, "portal-security-all", EACH_ONCE);
    await press(page, "Set up another");
    await look(page, "authenticator-app-dialog");
    await page.keyboard.press("Escape");
    await press(page, "Remove…");
    await look(page, "authenticator-app-remove");
  });

  const back = await newPerson();
  await test.step("the next time", async () => {
    await sayWho(back, portal, person);
    await giveCode(back, lockwork, person);
    await press(back, "Vandelay");
    await expect(back.getByLabel("Password")).toBeVisible();
    await look(back, "password");
    await back.getByLabel("Password").fill(PASSWORD);
    await press(back, "Continue");
    await expect(back.getByRole("heading", { name: "Your second factor" })).toBeVisible();
    await look(back, "second-factor");
    await press(back, "Use a recovery code");
    await look(back, "recovery");
  });

  await test.step("a forgotten password", async () => {
    await back.goto(`${portal}/login`);
    await press(back, "Use a password");
    await look(back, "by-password");
    await press(back, "I forgot my password");
    await look(back, "forgotten");
    await back.getByLabel("E-mail").fill(person);
    await press(back, "Send the link");
    await expect(back.getByRole("heading", { name: "Check your mail" })).toBeVisible();
    await look(back, "forgotten-sent");
  });
});

test("who was added without a password chooses one", async ({ lockwork, newPerson }) => {
  const { organization } = await makeAcme(lockwork, "Prestige");
  await lockwork.call("PATCH", `/v1/organizations/${organization.id}`, { logInWithPassword: true });
  const person = "added@prestige.example";
  await lockwork.call("POST", "/v1/users", { organizationId: organization.id, email: person });
  const page = await newPerson();
  await sayWho(page, await lockwork.portal(), person);
  await giveCode(page, lockwork, person);
  await press(page, "Prestige");
  await expect(page.getByRole("heading", { name: "Choose a password" })).toBeVisible();
  await page.getByLabel("New password").fill(PASSWORD);
  await press(page, "Continue");
  await expect(page).not.toHaveURL(/\/login/);
});

test("somebody new makes an organization", async ({ lockwork, newPerson }) => {
  await lockwork.call("PATCH", "/v1/project", { selfServeCreateOrganizations: true });
  const page = await newPerson();
  await sayWho(page, await lockwork.portal(), "new@nobody.example");
  await giveCode(page, lockwork, "new@nobody.example");
  await expect(page.getByRole("heading", { name: "Create your organization" })).toBeVisible();
  await look(page, "create-organization");
});

test("the first owner is asked to sign up", async ({ lockwork, newPerson }) => {
  const page = await newPerson();
  await page.goto(lockwork.project.signUpLink);
  await expect(page.getByLabel("New password")).toBeVisible();
  await look(page, "sign-up");
});

test("whoever acts for somebody sees it on every page", async ({ lockwork, staff, newPerson }) => {
  const { organization, owner } = await makeAcme(lockwork, "Impostor");
  const console = await newPerson(staff);
  await console.goto(`${lockwork.console}/organizations/${organization.id}/users`);
  await console.getByRole("button", { name: `Actions for ${owner}` }).click();
  await console.getByRole("menuitem", { name: "Sign in as them…" }).click();
  const [page] = await Promise.all([
    console.context().waitForEvent("page"),
    console.getByRole("button", { name: "Sign in as them" }).click(),
  ]);
  await expect(page.getByText(`acts as ${owner}`)).toBeVisible();
  await look(page, "impersonating");
});
