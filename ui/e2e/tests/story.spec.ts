// The whole story, from the first start to a key that is refused.

import { chooseFor, closeSecret, createKey, openApiKeys, shownSecret } from "../src/keys.ts";
import { joinByMail, signUpOwner } from "../src/people.ts";
import { expect, test } from "../src/test.ts";
import { Widgets } from "../src/widgets.ts";

const GRACE = "grace@globex.example";

test.use({ server: "of the story" });

test("a developer invites a customer, whose key opens the backend until it is revoked", async ({
  lockwork,
  newPerson,
}) => {
  test.slow();
  const ada = await newPerson();
  await test.step("the first owner signs up by the link of `lockwork init`", () => signUpOwner(ada, lockwork));

  await test.step("they switch API keys on and name an action", async () => {
    await ada.getByRole("link", { name: /Switch API keys on/ }).click();
    await ada
      .getByRole("switch", { name: /API keys/ })
      .first()
      .check();
    await ada.goto(`${lockwork.console}/access/actions`);
    for (const [name, meaning] of [
      ["acme.widgets.read", "See widgets"],
      ["acme.widgets.create", "Make widgets"],
    ] as const) {
      await ada.getByRole("button", { name: "Add action" }).click();
      const dialog = ada.getByRole("dialog");
      await dialog.getByLabel("Name").fill(name);
      await dialog.getByLabel(/What it allows/).fill(meaning);
      await dialog.getByRole("button", { name: "Save" }).click();
      await expect(ada.getByRole("cell", { name, exact: true })).toBeVisible();
    }
    await ada.goto(`${lockwork.console}/settings/sign-in`);
    await ada
      .getByRole("switch", { name: /e-?mail/i })
      .first()
      .check();
    await ada.getByRole("switch", { name: "Audit log" }).check();
  });

  await test.step("they create an organization with API keys", async () => {
    await ada.getByRole("link", { name: "Organizations" }).click();
    await ada.getByRole("button", { name: "Create organization" }).click();
    const dialog = ada.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Globex");
    await expect(dialog.getByRole("checkbox", { name: /API keys/ })).toBeChecked();
    await dialog.getByRole("button", { name: "Create" }).click();
    await expect(ada.getByRole("heading", { level: 1, name: "Globex" })).toBeVisible();
  });

  await test.step("they invite a customer by mail", async () => {
    await ada.getByRole("link", { name: "People" }).click();
    await ada.getByRole("button", { name: "Invite" }).click();
    const dialog = ada.getByRole("dialog");
    await dialog.getByLabel(/E-mail/).fill(GRACE);
    await dialog.getByRole("checkbox", { name: /owner/i }).check();
    await dialog.getByRole("button", { name: "Invite" }).click();
    await expect(ada.getByRole("cell", { name: GRACE, exact: true })).toBeVisible();
  });

  const widgets = await Widgets.start(lockwork);
  const grace = await newPerson({
    viewport: { width: 390, height: 844 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const portal = await lockwork.portal();
  await test.step("the customer signs in on the portal", async () => {
    const link = await lockwork.mail(GRACE, /http\S+\/login\S*/);
    expect(new URL(link).origin).toBe(portal);
    await joinByMail(grace, lockwork, portal, GRACE, "Globex");
  });

  const secret = await test.step("they create a scoped key and copy it", async () => {
    await openApiKeys(grace, portal);
    const shown = await createKey(grace, "Nightly build", "acme.widgets", ["read"]);
    await grace.getByRole("button", { name: "Copy the secret" }).click();
    expect(await grace.evaluate(() => navigator.clipboard.readText())).toBe(shown);
    await closeSecret(grace);
    return shown;
  });

  await test.step("the key opens the example backend, as far as its scope goes", async () => {
    expect(await widgets.answers(secret)).toBe(200);
    expect(await widgets.answers(secret, "POST")).toBe(403);
    expect(await widgets.answers(`${secret}x`)).toBe(401);
  });

  await test.step("the audit log shows its making, on the portal and in the console", async () => {
    await grace.goto(`${portal}/logs`);
    await expect(grace.getByRole("row", { name: /API key created/ }).first()).toBeVisible();
    await ada.getByRole("link", { name: "Audit log" }).last().click();
    await expect(ada.getByRole("row", { name: /API key created/ }).first()).toBeVisible();
  });

  const rotated = await test.step("the customer rotates the key, and its former secret stops", async () => {
    await openApiKeys(grace, portal);
    const dialog = await chooseFor(grace, "Nightly build", "Rotate…");
    await dialog.getByLabel("The present secret").selectOption({ label: "Stops at once" });
    await dialog.getByRole("button", { name: "Rotate the key" }).click();
    const shown = await shownSecret(grace);
    await closeSecret(grace);
    expect(shown).not.toBe(secret);
    await expect.poll(() => widgets.answers(secret)).toBe(401);
    expect(await widgets.answers(shown)).toBe(200);
    return shown;
  });

  await test.step("they revoke it once its name is typed, and it is refused", async () => {
    const dialog = await chooseFor(grace, "Nightly build", "Revoke…");
    const revoke = dialog.getByRole("button", { name: "Revoke the key" });
    await expect(revoke).toBeDisabled();
    await dialog.getByLabel(/Type/).fill("Nightly build");
    await revoke.click();
    await expect(grace.getByRole("row", { name: /Nightly build.*Revoked/ })).toBeVisible();
    await expect.poll(() => widgets.answers(rotated)).toBe(401);
  });
  await widgets.stop();
});
