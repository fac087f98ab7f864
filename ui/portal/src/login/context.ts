import { createContext, useContext } from "react";
import type { LoginFlow, Step } from "./flow";

interface LoginState {
  flow: LoginFlow;
  go: (step: Step) => void;
}

export const LoginContext = createContext<LoginState | undefined>(undefined);

export function useLogin(): LoginState {
  const login = useContext(LoginContext);
  if (!login) throw new Error("useLogin outside of a login");
  return login;
}
