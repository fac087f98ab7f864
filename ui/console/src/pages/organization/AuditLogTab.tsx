import { getRouteApi } from "@tanstack/react-router";
import { AuditLog } from "../audit-log/AuditLog";
import { ResourceSelect } from "../audit-log/ResourceSelect";
import { useOrganization } from "./context";

const route = getRouteApi("/organizations/$organizationId/audit-log");

export function AuditLogTab() {
  const { id } = useOrganization();
  const { resource, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <AuditLog
      only={{ organizationId: id, resourceType: resource }}
      filter={filter}
      onFilter={(next) => void navigate({ search: { ...next, resource }, replace: true })}
    >
      <ResourceSelect
        value={resource}
        onValue={(resource) => void navigate({ search: { ...filter, resource }, replace: true })}
      />
    </AuditLog>
  );
}
