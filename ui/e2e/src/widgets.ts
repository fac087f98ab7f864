// The example backend, which lets in whoever holds a good key.

import { Server, freePort } from "./process.ts";
import type { Lockwork } from "./lockwork.ts";

const BINARY =
  process.env["EXAMPLE_BIN"] ?? new URL("../../../target/debug/lockwork-example-axum", import.meta.url).pathname;

export class Widgets {
  readonly #origin: string;
  readonly #server: Server;

  static async start(lockwork: Lockwork): Promise<Widgets> {
    const widgets = new Widgets(lockwork, await freePort());
    await widgets.#server.ready(widgets.#origin);
    return widgets;
  }

  private constructor(lockwork: Lockwork, port: number) {
    this.#origin = `http://127.0.0.1:${port}`;
    this.#server = new Server(BINARY, [], {
      LISTEN: `127.0.0.1:${port}`,
      LOCKWORK_URL: lockwork.origin,
      LOCKWORK_BACKEND_API_KEY: lockwork.project.backendApiKey,
      LOCKWORK_PUBLISHABLE_KEY: lockwork.project.publishableKey,
    });
  }

  /** The status with which it answers the holder of this secret who lists the widgets, or makes one. */
  async answers(secret: string, method: "GET" | "POST" = "GET"): Promise<number> {
    const answer = await fetch(`${this.#origin}/widgets`, {
      method,
      headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" },
      ...(method === "POST" ? { body: JSON.stringify({ name: "sprocket" }) } : {}),
    });
    return answer.status;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }
}
