import { signIn } from "../account/session";
import type { Api } from "../api/client";
import { ApiError } from "../api/errors";
import { accessTokenCookie, type Claims, readClaims } from "../session/claims";

/** A token is renewed this long before it ends. */
const MARGIN_SECONDS = 10;
const CHECK_EVERY_MS = 2000;

interface Current {
  token: string;
  claims: Claims;
}

/** Keeps the access token of a project fresh as long as somebody listens (contract §4.4, same-site mode). */
export class Tokens {
  #current: Current | undefined;
  #checking: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly api: Api,
    private readonly projectId: string,
  ) {}

  readonly current = (): Current | undefined => this.#current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#look(), CHECK_EVERY_MS);
    this.#look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  #look() {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
  }

  /** Takes the token that the browser has, or renews it once it is nearly over. */
  async #check() {
    if (isFresh(this.#current?.claims) || this.#take(accessTokenCookie(this.projectId))) return;
    try {
      const token = await this.api.refresh();
      if (token) this.#take(token);
      // Once signed in, components ask by a dialog, so that nothing typed is lost.
      else if (!this.#current) await signIn(this.api);
    } catch (error) {
      // The server cannot be reached now; the next look tries again.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #take(token: string | undefined): boolean {
    const claims = token && readClaims(token);
    if (!token || !claims || !isFresh(claims)) return false;
    this.#current = { token, claims };
    for (const listener of this.#listeners) listener();
    return true;
  }
}

const isFresh = (claims: Claims | undefined, now = Date.now()): boolean =>
  claims !== undefined && claims.exp - MARGIN_SECONDS > now / 1000;
