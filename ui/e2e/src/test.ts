// What every test of a page has: a server, and a watch over what the page does.

import { type Browser, type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { Lockwork } from "./lockwork.ts";
import { signUpQuietly } from "./people.ts";
import { POLICY } from "./policy.ts";

/** What pages did that they must not do: an error on the console, a request to somewhere else, a page without its policy. */
export class Watch {
  readonly problems: string[] = [];
  /** Every address that pages asked for. */
  readonly addresses: string[] = [];
  readonly #ports: number[];
  /** Console errors that the test brings about itself. */
  readonly #expected: RegExp[] = [/status of 401/];

  constructor(readonly port: number) {
    this.#ports = [port];
  }

  /** Another server of the test, whose pages are not ours. */
  allow(port: number): void {
    this.#ports.push(port);
  }

  expectError(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  over(context: BrowserContext): void {
    context.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !this.#expected.some((pattern) => pattern.test(text))) {
        this.problems.push(`console: ${text} (${message.page()?.url() ?? ""})`);
      }
    });
    context.on("weberror", (error) => this.problems.push(`error: ${error.error().message}`));
    context.on("request", (request) => {
      this.addresses.push(request.url());
      if (!this.#isOurs(new URL(request.url()))) this.problems.push(`a request to ${request.url()}`);
    });
    context.on("response", (response) => {
      const headers = response.headers();
      const isPage =
        headers["content-type"]?.startsWith("text/html") && new URL(response.url()).port === `${this.port}`;
      if (!isPage) return;
      if (headers["content-security-policy"] !== POLICY) this.problems.push(`${response.url()} has another policy`);
    });
  }

  #isOurs({ protocol, hostname, port }: URL): boolean {
    if (protocol === "data:" || protocol === "blob:") return true;
    return /(^|\.)localhost$/.test(hostname) && this.#ports.includes(Number(port));
  }
}

type Options = Parameters<Browser["newContext"]>[0];

interface PerTest {
  watch: Watch;
  /** Another person's browser. */
  newPerson: (options?: Options) => Promise<Page>;
}

interface PerWorker {
  /** Tests with another server than the others' name it. */
  server: string;
  lockwork: Lockwork;
  /** The browser of the console's first owner, as it is after signing up. */
  staff: { storageState: Exclude<NonNullable<Options>["storageState"], string | undefined> };
}

export const test = base.extend<PerTest, PerWorker>({
  server: ["shared", { scope: "worker", option: true }],
  lockwork: [
    async ({ server: _ }, use) => {
      const lockwork = await Lockwork.start();
      await use(lockwork);
      await lockwork.stop();
    },
    { scope: "worker" },
  ],
  staff: [
    async ({ browser, lockwork }, use) => {
      const context = await browser.newContext();
      await signUpQuietly(await context.newPage(), lockwork);
      await use({ storageState: await context.storageState() });
      await context.close();
    },
    { scope: "worker" },
  ],
  watch: [
    async ({ lockwork }, use) => {
      const watch = new Watch(lockwork.port);
      await use(watch);
      expect(watch.problems).toEqual([]);
    },
    { auto: true },
  ],
  newPerson: async ({ browser, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      watch.over(context);
      contexts.push(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect } from "@playwright/test";
