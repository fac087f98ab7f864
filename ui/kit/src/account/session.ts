import { createContext, useContext } from "react";
import { type Api, data } from "../api/client";
import { isStatus } from "../api/errors";
import type { FrontendSchema } from "../api/types";
import { accessTokenCookie, type Claims, hasAccessToken, readClaims } from "../session/claims";

/** Who is signed in, where, and what they may do. */
export interface Session {
  user: FrontendSchema["User"];
  organization: FrontendSchema["Organization"];
  project: FrontendSchema["Project"];
  claims: Claims | undefined;
}

/** Reads the session; nothing when there is none. */
export async function readSession(api: Api): Promise<Session | undefined> {
  // An old access token is gone from the cookies; then one refresh says whether there is a session.
  if (!hasAccessToken() && !(await api.refresh())) return undefined;
  try {
    const [{ user }, { organization }, { project }] = await Promise.all([
      data(api.frontend.GET("/api/frontend/v1/me")),
      data(api.frontend.GET("/api/frontend/v1/organization")),
      data(api.frontend.GET("/api/frontend/v1/project")),
    ]);
    const token = accessTokenCookie(project.id);
    api.gate.arm();
    return { user, organization, project, claims: token ? readClaims(token) : undefined };
  } catch (error) {
    if (isStatus(error, 401)) return undefined;
    throw error;
  }
}

/** Goes to sign in, and comes back. Nothing comes after. */
export function signIn(api: Api): Promise<never> {
  location.replace(`${api.origin}/login?redirect-uri=${encodeURIComponent(location.href)}`);
  return new Promise(() => undefined);
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of a session");
  return session;
}

/** What somebody may do beside what everybody may. */
export function mayOf({ user, organization, project, claims }: Session) {
  const holds = (action: string) => user.owner || (claims?.actions?.includes(action) ?? false);
  const writesKeys = holds("lockwork.api_keys.write");
  const personal = organization.personalApiKeysEnabled;
  return {
    holds,
    writesKeys,
    seesKeys: project.apiKeysEnabled && (writesKeys || holds("lockwork.api_keys.read") || personal),
    createsKeys: (writesKeys || personal) && organization.apiKeysEnabled && project.apiKeysEnabled,
    seesLog: user.owner && project.auditLogsEnabled,
    invites: user.owner && project.selfServeCreateUsers,
    makesRoles: user.owner && organization.customRolesEnabled,
    /** How they sign in is theirs alone. */
    changesSignIn: !claims?.impersonator,
  };
}
