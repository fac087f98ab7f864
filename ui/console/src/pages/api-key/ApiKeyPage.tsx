import { Failure, KeyPage, Page, Skeleton } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { queries } from "../../data/queries";
import type { Organization } from "../../data/types";
import { useKeySource } from "../../keys/useKeySource";
import { KeyExtras } from "./KeyExtras";
import { keyFacts } from "./keyFacts";

const route = getRouteApi("/api-keys/$apiKeyId");

/** A key: whose it is has to be known before. */
export function ApiKeyPage() {
  const { apiKeyId } = route.useParams();
  const key = useQuery(queries.apiKey(apiKeyId));
  const organizationId = key.data?.organizationId;
  const organization = useQuery({
    ...queries.organization(organizationId ?? ""),
    enabled: organizationId !== undefined,
  });
  if (organization.data) return <KeyOf key={apiKeyId} organization={organization.data} id={apiKeyId} />;
  const error = key.error ?? organization.error;
  const retry = () => void Promise.all([key.refetch(), organizationId && organization.refetch()]);
  return (
    <Page title="API key" back={{ href: "/organizations", label: "Organizations" }}>
      {error ? <Failure error={error} retry={retry} /> : <Skeleton className="h-48 rounded-xl" />}
    </Page>
  );
}

function KeyOf({ organization, id }: { organization: Organization; id: string }) {
  const source = useKeySource(organization);
  const { data: apiKey } = useQuery(queries.apiKeyOf(organization.id, id));
  const back = {
    href: `/organizations/${organization.id}/api-keys`,
    label: organization.displayName || "Organization",
  };
  return (
    <KeyPage source={source} id={id} back={back} facts={() => (apiKey ? keyFacts(apiKey, organization) : [])}>
      {() => apiKey && <KeyExtras apiKey={apiKey} />}
    </KeyPage>
  );
}
