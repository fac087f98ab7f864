import { isStatus } from "@lockwork/kit";
import type { LoginFlow, Provider, Step } from "./flow";

/** What a path of the sign-in pages begins with (contract §4.4, §5.2). */
export async function enter(flow: LoginFlow, path: string, parameters: URLSearchParams): Promise<Step> {
  const [, place = "", detail = ""] = path.split("/");
  const provider = /^(google|microsoft|github)-oauth-callback$/.exec(place)?.[1];
  // A code in the address is used once and belongs to nobody's history.
  if (place !== "login" && place !== "signup") history.replaceState(null, "", path);
  if (isProvider(provider)) return flow.fromProvider(provider);
  switch (place) {
    case "verify-email":
      return flow.verifyEmail(parameters.get("code") ?? "").catch(worn);
    case "reset-password":
      return flow.reset(parameters.get("code") ?? "").catch(worn);
    case "sign-up":
      await flow.begin();
      return { at: "signUp", token: parameters.get("token") ?? "" };
    case "impersonate":
      return flow.impersonate(parameters.get("secret-user-impersonation-token") ?? "");
    case "switch-organizations":
      return flow.switchTo(decodeURIComponent(detail));
    case "logout":
      return flow.signOut();
    default:
      await flow.begin();
      return flow.settings.loginsDisabled ? { at: "loginsDisabled" } : { at: "identify" };
  }
}

/** What a mail's link says once it no longer leads anywhere. */
function worn(error: Error): never {
  if (isStatus(error, 400) || isStatus(error, 401)) {
    throw new Error("this link works once, for a short time, in the browser that asked for it; sign in to get another");
  }
  throw error;
}

const isProvider = (name: string | undefined): name is Provider => name !== undefined;
