import { Page, Select } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { queries } from "../../data/queries";
import { AuditLog } from "./AuditLog";
import { ResourceSelect } from "./ResourceSelect";
import type { AuditSearch } from "./search";

const route = getRouteApi("/audit-log");

export function AuditLogPage() {
  const { organization, resource, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (search: AuditSearch) => void navigate({ search, replace: true });
  return (
    <Page title="Audit log" hint="Every change in this project, and every sign-in, newest first.">
      <AuditLog
        only={{ organizationId: organization, resourceType: resource }}
        filter={filter}
        onFilter={(next) => show({ ...next, organization, resource })}
      >
        <ResourceSelect value={resource} onValue={(resource) => show({ ...filter, organization, resource })} />
        <OrganizationSelect
          value={organization}
          onValue={(organization) => show({ ...filter, organization, resource })}
        />
      </AuditLog>
    </Page>
  );
}

function OrganizationSelect({ value = "", onValue }: { value?: string; onValue: (value?: string) => void }) {
  const { data: known = [] } = useQuery(queries.organizations());
  const options = [
    { value: "", label: "Everywhere" },
    ...known.map(({ id, displayName }) => ({ value: id, label: displayName || id })),
  ];
  if (value && !known.some(({ id }) => id === value)) options.push({ value, label: value });
  return (
    <Select
      label="Organization"
      className="sm:w-42"
      options={options}
      value={value}
      onValue={(organization) => onValue(organization || undefined)}
    />
  );
}
