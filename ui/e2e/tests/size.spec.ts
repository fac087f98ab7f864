// How much a first visit loads.

import { arriveSignedIn } from "../src/people.ts";
import { makeAcme } from "../src/acme.ts";
import { expect, test } from "../src/test.ts";
import type { Page } from "@playwright/test";

const LIMIT_BYTES = 250_000;

/** Compressed bytes of the scripts that the first load of an address asks for. */
async function scriptBytes(page: Page, url: string): Promise<number> {
  let bytes = 0;
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const scripts = new Set<string>();
  network.on("Network.responseReceived", ({ requestId, type }) => type === "Script" && scripts.add(requestId));
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(url);
  await page.waitForLoadState("networkidle");
  return bytes;
}

test("a first visit loads little script", async ({ lockwork, staff, newPerson }) => {
  const acme = await makeAcme(lockwork, "Small");
  const portal = await lockwork.portal();
  const sizes: Record<string, number> = {};
  sizes["sign-in"] = await scriptBytes(await newPerson(), `${portal}/login`);
  const grace = await newPerson();
  await arriveSignedIn(grace, lockwork, portal, acme.owner);
  await grace.goto("about:blank");
  const cookies = await grace.context().cookies();
  const fresh = await newPerson();
  await fresh.context().addCookies(cookies);
  sizes["portal"] = await scriptBytes(fresh, `${portal}/organization`);
  sizes["console"] = await scriptBytes(await newPerson(staff), `${lockwork.console}/`);
  test.info().annotations.push({ type: "bytes of script", description: JSON.stringify(sizes) });
  for (const [name, bytes] of Object.entries(sizes)) {
    expect(bytes, name).toBeGreaterThan(10_000);
    expect(bytes, name).toBeLessThan(LIMIT_BYTES);
  }
});
