import type { FrontendSchema } from "@lockwork/kit";
import { createContext, useContext } from "react";

/** Who is signed in to the console. */
export const StaffContext = createContext<FrontendSchema["User"] | undefined>(undefined);

export function useStaff(): FrontendSchema["User"] {
  const staff = useContext(StaffContext);
  if (!staff) throw new Error("nobody is signed in");
  return staff;
}

/** Whether they may change things: owners may, everybody else may read. */
export const useMayWrite = (): boolean => useStaff().owner;
