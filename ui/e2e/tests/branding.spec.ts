// A project's own colour and logo: chosen in the console, seen on the pages.

import { type Page, expect } from "@playwright/test";
import { makeAcme } from "../src/acme.ts";
import { expectAccessible, expectToLookRight, settled } from "../src/looks.ts";
import { arriveSignedIn } from "../src/people.ts";
import { test } from "../src/test.ts";

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32"><text x="0" y="24" font-size="24" fill="#111">Globex</text></svg>`;

/** A token of the page, as this element has it. */
const colorOf = (page: Page, name: string, property: string) =>
  page
    .getByRole("button", { name })
    .evaluate((button, property) => getComputedStyle(button).getPropertyValue(property), property);

test("a colour and a logo are previewed, saved and seen by whoever opens the pages", async ({
  lockwork,
  staff,
  newPerson,
}) => {
  const console = await newPerson(staff);
  await console.goto(`${lockwork.console}/settings/branding`);
  await console.getByRole("textbox", { name: "Colour (optional)", exact: true }).fill("#ffe500");
  const preview = console.getByTestId("preview-light").getByText("Continue");
  await expect(preview).toHaveCSS("background-color", "rgb(255, 229, 0)");
  await expect(preview).toHaveCSS("color", "rgb(0, 0, 0)");
  await console
    .getByLabel("Logo", { exact: true })
    .and(console.locator("input"))
    .setInputFiles({
      name: "logo.svg",
      mimeType: "image/svg+xml",
      buffer: Buffer.from(LOGO),
    });
  await expect(console.getByAltText("Logo now")).toBeVisible();
  await console.getByRole("combobox", { name: "Sign-in page" }).selectOption("Beside a surface in your colour");
  await expectToLookRight(console, "console-settings-branding-chosen");
  await console.getByRole("button", { name: "Save" }).click();
  await expect(console.getByText("The branding was saved.")).toBeVisible();
  await console.reload();
  await expect(console.getByAltText("Logo now")).toBeVisible();

  const portal = await lockwork.portal();
  const page = await newPerson();
  await page.goto(`${portal}/login`);
  await expect(page.getByRole("img", { name: /./ })).toBeVisible();
  await expectToLookRight(page, "portal-login-branded");
  await page.emulateMedia({ colorScheme: "light" });
  expect(await colorOf(page, "Continue", "background-color")).toBe("rgb(255, 229, 0)");
  expect(await colorOf(page, "Continue", "color")).toBe("rgb(0, 0, 0)");

  const { owner } = await makeAcme(lockwork, "Soylent");
  const settings = await newPerson();
  await arriveSignedIn(settings, lockwork, portal, owner);
  await settings.goto(`${portal}/organization/api-keys`);
  await expectToLookRight(settings, "portal-api-keys-branded");
});

test("whatever the colour, what is written in it can be read", async ({ lockwork, newPerson }) => {
  const portal = await lockwork.portal();
  const page = await newPerson();
  for (const primaryColor of ["#ffffff", "#000000", "#ffff00", "#808080"]) {
    await test.step(primaryColor, async () => {
      await lockwork.call("PATCH", "/v1/project/branding", { primaryColor });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.goto(`${portal}/login`);
        await settled(page);
        await expectAccessible(page);
      }
    });
  }
});

test("a project whose pages are always light is light on a dark device", async ({ lockwork, newPerson }) => {
  await lockwork.call("PATCH", "/v1/project/branding", { detectDarkModeEnabled: false, primaryColor: null });
  const page = await newPerson();
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await page.goto(`${await lockwork.portal()}/login`);
  await settled(page);
  await expect(page.locator("html")).toHaveCSS("background-color", "rgb(247, 247, 245)");
  await expectAccessible(page);
});
