import { ApiError } from "./errors";
import type { FrontendSchema } from "./types";

/** Where calls wait while somebody whose session has ended signs in again, so that nothing they typed is lost. */
export class SessionGate {
  #open = false;
  #waiting: { answer: Promise<boolean>; settle: (resumed: boolean) => void } | undefined;
  readonly #listeners = new Set<() => void>();

  /** From now on a call that is refused waits. Before, nobody has been signed in. */
  arm() {
    this.#open = true;
  }

  /** Resolves once they are signed in again (`true`) or gave up. */
  wait(): Promise<boolean> {
    if (!this.#open) return Promise.resolve(false);
    if (!this.#waiting) {
      const { promise: answer, resolve: settle } = Promise.withResolvers<boolean>();
      this.#waiting = { answer, settle };
      this.#tell();
    }
    return this.#waiting.answer;
  }

  settle(resumed: boolean) {
    this.#waiting?.settle(resumed);
    this.#waiting = undefined;
    this.#tell();
  }

  readonly isWaiting = (): boolean => this.#waiting !== undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/** `fetch`, with a failure to connect as an error for people. */
export async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw ApiError.unreachable();
  }
}

/** Ends an answer that nobody reads: until then the browser counts it as under way. */
async function drop(response: Response): Promise<void> {
  await response.body?.cancel();
}

/** Gets another access token of an origin's session, if there still is one; several calls at once share one refresh. */
export function refresher(origin: string): () => Promise<string | undefined> {
  let underWay: Promise<string | undefined> | undefined;
  const refresh = async () => {
    const response = await reach(
      new Request(`${origin}/api/frontend/v1/refresh`, {
        method: "POST",
        credentials: "include",
        headers: { "Content-Type": "application/json" },
        body: "{}",
      }),
    );
    if (response.status === 401) {
      await drop(response);
      return undefined;
    }
    if (!response.ok) throw await ApiError.of(response);
    const { accessToken }: FrontendSchema["AccessToken"] = await response.json();
    return accessToken;
  };
  return () => {
    underWay ??= refresh().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

/** `fetch` that refreshes the session when it has grown old, then waits at the gate when it has ended. */
export function sessionFetch(
  refresh: () => Promise<unknown>,
  gate: SessionGate,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const [again, last] = [request.clone(), request.clone()];
    const response = await reach(request);
    if (response.status !== 401) return response;
    if (await refresh()) {
      const answer = await reach(again);
      if (answer.status !== 401) {
        await drop(response);
        return answer;
      }
      await drop(answer);
    }
    if (!(await gate.wait())) return response;
    await drop(response);
    return reach(last);
  };
}
