import { KeyTable, Page } from "@lockwork/kit";
import { getRouteApi } from "@tanstack/react-router";
import { OrganizationName } from "../../data/OrganizationName";
import { useKeySource } from "../../keys/useKeySource";

const route = getRouteApi("/api-keys");

/** The keys of every organization. */
export function ApiKeysPage() {
  const source = useKeySource();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title="API keys" hint="The keys of every organization. Make new ones on an organization's own page.">
      <KeyTable
        source={source}
        filter={filter}
        onFilter={(next) => void navigate({ search: next, replace: true })}
        whose={{
          title: "Organization",
          from: "sm",
          cell: ({ organizationId }) => <OrganizationName id={organizationId} />,
        }}
      />
    </Page>
  );
}
