import { mayOf, useSession } from "@lockwork/kit";
import { Navigate } from "@tanstack/react-router";

/** The first place that is open to somebody. */
export function StartPage() {
  const { seesKeys } = mayOf(useSession());
  return <Navigate to={seesKeys ? "/organization/api-keys" : "/user"} replace />;
}
