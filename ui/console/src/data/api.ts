import { createApi, createQueryClient, data } from "@lockwork/kit";
import type { QueryKey } from "@tanstack/react-query";

export const api = createApi();
export const { backend, frontend } = api;
export const call = data;

export const queryClient = createQueryClient();

/** Has what begins with these keys read again, wherever it is shown. */
export const renew = (...keys: QueryKey[]) =>
  Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
