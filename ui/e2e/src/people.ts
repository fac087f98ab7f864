// People who sign in.

import { type Page, expect } from "@playwright/test";
import type { Lockwork } from "./lockwork.ts";
import { POLICY } from "./policy.ts";

export const PASSWORD = "correct horse battery";

/** Opens the link that `lockwork init` printed, and signs up as the first owner. */
export async function signUpOwner(page: Page, lockwork: Lockwork, email = "ada@example.com"): Promise<void> {
  await page.goto(lockwork.project.signUpLink);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
}

/** Signs in to an organization for the first time: by the six digits of a mail, with a new password. */
export async function joinByMail(
  page: Page,
  lockwork: Lockwork,
  origin: string,
  email: string,
  organization: string,
): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByLabel("Code").fill(await lockwork.mail(email, /^\s*(\d{6})\s*$/m));
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: organization }).click();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** Signs in as a page of the project would, but without looking: for tests that begin behind it. */
export async function arriveSignedIn(page: Page, lockwork: Lockwork, origin: string, email: string): Promise<void> {
  await begin(page, origin);
  await step(page, "issue-email-verification-challenge", { email });
  await step(page, "verify-email-challenge", { code: await lockwork.mail(email, /^\s*(\d{6})\s*$/m) });
  await step(page, "set-email-as-primary-login-factor", {});
  const { organizations } = await step<{ organizations: { id: string }[] }>(page, "organizations");
  await step(page, "set-organization", { organizationId: organizations[0]?.id });
  const { intermediateSession } = await step<{ intermediateSession: { missing?: string } }>(page, "whoami");
  if (intermediateSession.missing === "PASSWORD") await step(page, "register-password", { password: PASSWORD });
  await step(page, "exchange-intermediate-session-for-session", {});
}

/** The first owner, in the same way. */
export async function signUpQuietly(page: Page, lockwork: Lockwork): Promise<void> {
  await begin(page, lockwork.console);
  const signUpToken = new URL(lockwork.project.signUpLink).searchParams.get("token");
  await step(page, "redeem-sign-up-token", { signUpToken, email: "ada@example.com" });
  await step(page, "register-password", { password: PASSWORD });
  await step(page, "exchange-intermediate-session-for-session", {});
}

async function begin(page: Page, origin: string): Promise<void> {
  // An empty page of the host, so that no login of its scripts is in the way.
  const empty = `${origin}/empty`;
  const headers = { "Content-Type": "text/html", "Content-Security-Policy": POLICY };
  await page.route(empty, (route) => route.fulfill({ headers, body: '<link rel="icon" href="data:,">' }));
  await page.goto(empty);
  await page.unroute(empty);
  await step(page, "intermediate-session", {});
}

/** Calls an API of the host that the page is from, with its cookies. */
export function callFrom<Answer>(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
  return page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Answer;
    },
    [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
  );
}

function step<Answer>(page: Page, name: string, body?: unknown): Promise<Answer> {
  return callFrom(page, body === undefined ? "GET" : "POST", `/api/intermediate/v1/${name}`, body);
}
