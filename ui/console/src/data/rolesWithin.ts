import { everyPage, type Role } from "@lockwork/kit";
import { backend, call } from "./api";

/** All roles that something of an organization can have: the project's, then its own. */
export async function rolesWithin(organizationId: string): Promise<Role[]> {
  const load = (of: { organizationId?: string }) =>
    everyPage(async (pageToken) => {
      const answer = await call(backend.GET("/v1/roles", { params: { query: { ...of, pageToken, pageSize: 100 } } }));
      return { rows: answer.roles ?? [], nextPageToken: answer.nextPageToken };
    });
  return (await Promise.all([load({}), load({ organizationId })])).flat();
}
