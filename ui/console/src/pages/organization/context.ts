import { createContext, useContext } from "react";
import { backend, call, queryClient, renew } from "../../data/api";
import { queries } from "../../data/queries";
import type { Organization, OrganizationChange } from "../../data/types";

/** The organization whose page is open. */
export const OrganizationContext = createContext<Organization | undefined>(undefined);

export function useOrganization(): Organization {
  const organization = useContext(OrganizationContext);
  if (!organization) throw new Error("no organization is open");
  return organization;
}

/** Changes an organization; what shows it has the answer at once. */
export async function updateOrganization(id: string, body: OrganizationChange): Promise<void> {
  const { organization } = await call(backend.PATCH("/v1/organizations/{id}", { params: { path: { id } }, body }));
  queryClient.setQueryData(queries.organization(id).queryKey, organization);
  await renew(["organizations"]);
}
