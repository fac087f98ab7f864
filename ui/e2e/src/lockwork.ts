// The real binary with a fresh project.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, freePort } from "./process.ts";

const BINARY = process.env["LOCKWORK_BIN"] ?? new URL("../../../target/debug/lockwork", import.meta.url).pathname;

/** What `lockwork init --json` prints. */
interface Initialized {
  signUpLink: string;
  backendApiKey: string;
  publishableKey: string;
}

interface Mail {
  to: string;
  subject: string;
  text: string;
}

// The fields of the API that the tests look at; the documents have the rest.
export interface Thing {
  id: string;
}

export class Lockwork {
  readonly project: Initialized;
  readonly port: number;
  readonly #data: string;
  readonly #server: Server;

  static async start(): Promise<Lockwork> {
    const lockwork = new Lockwork(await freePort());
    await lockwork.#server.ready(`${lockwork.origin}/readyz`);
    return lockwork;
  }

  private constructor(port: number) {
    this.port = port;
    this.#data = mkdtempSync(join(tmpdir(), "lockwork-e2e-"));
    const environment = {
      LOCKWORK__SERVER__LISTEN: `127.0.0.1:${port}`,
      // Tests ask nobody outside whether a password was stolen.
      LOCKWORK__PASSWORDS__BREACHED: "off",
    };
    const init = ["init", "--json", "--data-dir", this.#data];
    const printed = execFileSync(BINARY, init, { env: { ...process.env, ...environment }, encoding: "utf8" });
    this.project = JSON.parse(printed) as Initialized;
    this.#server = new Server(BINARY, ["serve", "--dev", "--data-dir", this.#data], environment);
  }

  /** Where the API is. */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  get console(): string {
    return `http://console.localhost:${this.port}`;
  }

  /** Where the project's people sign in. */
  async portal(): Promise<string> {
    const { project } = await this.call<{ project: { vaultDomain: string } }>("GET", "/v1/project");
    return `http://${project.vaultDomain}`;
  }

  /** Calls the Backend API with the project's own key, as the developer's backend would. */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(this.origin + path, {
      method,
      headers: { Authorization: `Bearer ${this.project.backendApiKey}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  /** The latest mail to this address that matches. */
  async mail(to: string, pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 50; tries++) {
      const answer = await fetch(`${this.origin}/dev/mail.json`);
      for (const mail of (await answer.json()) as Mail[]) {
        const found = mail.to === to ? pattern.exec(mail.text) : null;
        if (found) return found[1] ?? found[0];
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no mail to ${to} has ${String(pattern)}`);
  }

  /** What the server has logged. */
  get log(): string {
    return this.#server.output;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#data, { recursive: true });
  }
}
