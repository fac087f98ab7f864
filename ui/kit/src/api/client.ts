import createClient, { type Middleware } from "openapi-fetch";
import type { paths as BackendPaths } from "./backend";
import { ApiError } from "./errors";
import type { paths as FrontendPaths } from "./frontend";
import type { paths as LoginPaths } from "./login";
import { reach, refresher, SessionGate, sessionFetch } from "./session";

const throwRefusals: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await ApiError.of(response);
  },
};

/** The APIs of a project's host, spoken to with its cookies. What they refuse is thrown as an `ApiError`. */
export function createApi(origin = "") {
  const gate = new SessionGate();
  const refresh = refresher(origin);
  const signedIn = { baseUrl: origin, credentials: "include" as const, fetch: sessionFetch(refresh, gate) };
  const frontend = createClient<FrontendPaths>(signedIn);
  const backend = createClient<BackendPaths>(signedIn);
  const login = createClient<LoginPaths>({ baseUrl: origin, credentials: "include", fetch: reach });
  for (const client of [frontend, backend, login]) client.use(throwRefusals);
  return { origin, frontend, backend, login, refresh, gate };
}

export type Api = ReturnType<typeof createApi>;

/** What a call answers. */
export async function data<T>(call: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await call;
  if (data === undefined || data === null) throw new ApiError(0, "the server did not answer as expected; try again");
  return data;
}
