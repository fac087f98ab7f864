// The example app, which embeds the kit.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Lockwork } from "./lockwork.ts";
import { Server, freePort } from "./process.ts";

const FOLDER = new URL("../../example", import.meta.url).pathname;
const VITE = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");

export class Example {
  readonly port: number;
  /** At the project's own host, so that it shares its cookies. */
  readonly origin: string;
  readonly #built = mkdtempSync(join(tmpdir(), "lockwork-example-"));
  readonly #server: Server;

  static async start(lockwork: Lockwork): Promise<Example> {
    const host = new URL(await lockwork.portal()).hostname;
    await lockwork.call("PATCH", "/v1/project", { trustedDomains: [host] });
    const example = new Example(lockwork, host, await freePort());
    await example.#server.ready(`http://127.0.0.1:${example.port}`);
    return example;
  }

  private constructor(lockwork: Lockwork, host: string, port: number) {
    this.port = port;
    this.origin = `http://${host}:${port}`;
    const environment = {
      VITE_LOCKWORK_PUBLISHABLE_KEY: lockwork.project.publishableKey,
      VITE_LOCKWORK_CONFIG_API: lockwork.origin,
    };
    const build = [VITE, "build", FOLDER, "--outDir", this.#built, "--emptyOutDir", "--logLevel", "warn"];
    execFileSync(process.execPath, build, { env: { ...process.env, ...environment } });
    const preview = [VITE, "preview", FOLDER, "--outDir", this.#built, "--port", `${port}`, "--strictPort"];
    this.#server = new Server(process.execPath, preview);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#built, { recursive: true });
  }
}
