import { createContext, useContext } from "react";
import type { Api } from "./api/client";

export const ApiContext = createContext<Api | undefined>(undefined);

/** The APIs of the host that the app speaks with. */
export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error("useApi outside of an ApiContext");
  return api;
}
