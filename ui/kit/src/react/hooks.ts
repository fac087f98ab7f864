import type { Claims } from "../session/claims";
import { useSignedIn } from "./LockworkProvider";

/** The access token, to send to your backend as `Authorization: Bearer …`; another one before it ends. */
export const useAccessToken = (): string => useSignedIn().token;

/** Who is signed in. */
export const useUser = (): Claims["user"] => useSignedIn().claims.user;

/** The organization that they are signed in to. */
export const useOrganization = (): Claims["organization"] => useSignedIn().claims.organization;

/** Whether they may do something: `const may = useHasPermission(); may("acme.invoices.write")`. */
export function useHasPermission(): (action: string) => boolean {
  const { actions } = useSignedIn().claims;
  return (action) => actions?.includes(action) ?? false;
}
