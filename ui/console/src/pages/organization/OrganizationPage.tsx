import { Badge, Failure, Id, LinkTabs, Page, Skeleton } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Outlet, useRouterState } from "@tanstack/react-router";
import { queries } from "../../data/queries";
import { OrganizationContext } from "./context";

const route = getRouteApi("/organizations/$organizationId");
const BACK = { href: "/organizations", label: "Organizations" };

/** An organization: its head, and a tab for each side of it. */
export function OrganizationPage() {
  const { organizationId } = route.useParams();
  const { data: organization, error, isFetching, refetch } = useQuery(queries.organization(organizationId));
  const path = useRouterState({ select: (state) => state.location.pathname });
  const base = `/organizations/${organizationId}`;
  const tabs = [
    { href: base, label: "Details" },
    { href: `${base}/users`, label: "People" },
    { href: `${base}/api-keys`, label: "API keys" },
    { href: `${base}/roles`, label: "Roles" },
    { href: `${base}/sign-in`, label: "Sign-in" },
    { href: `${base}/audit-log`, label: "Audit log" },
  ];
  if (!organization && error && !isFetching) {
    return (
      <Page title="Organization" back={BACK}>
        <Failure error={error} retry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={organization ? organization.displayName || "Untitled organization" : "Organization"}
      badge={organization?.loginsDisabled && <Badge tone="bad">Sign-in closed</Badge>}
      hint={<Id id={organizationId} label="Copy the organization's ID" />}
      back={BACK}
    >
      <LinkTabs label="Organization" tabs={tabs} current={path.replace(/\/$/, "")} />
      {organization ? (
        <OrganizationContext value={organization}>
          <Outlet />
        </OrganizationContext>
      ) : (
        <Skeleton className="h-64 rounded-xl" />
      )}
    </Page>
  );
}
