// Servers that tests start.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that serves, until it is stopped. */
export class Server {
  readonly #child: ChildProcess;
  /** All that it has said. */
  output = "";

  constructor(program: string, args: string[], environment: Record<string, string> = {}) {
    this.#child = spawn(program, args, { env: { ...process.env, ...environment } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (text: Buffer) => (this.output += text.toString()));
    }
  }

  /** Waits until it answers at this address, whatever it answers. */
  async ready(url: string): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      if (this.#child.exitCode !== null) throw new Error(`it ended:\n${this.output}`);
      const answer = await fetch(url).catch(() => undefined);
      if (answer) return;
      await sleep(100);
    }
    throw new Error(`it does not answer at ${url}:\n${this.output}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await gone;
  }
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  listener.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
