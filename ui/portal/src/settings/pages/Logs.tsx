import { AuditTable, boundsOf, data, mayOf, NoPermission, Page, useApi, usePeople, useSession } from "@lockwork/kit";
import { getRouteApi } from "@tanstack/react-router";

const route = getRouteApi("/organization/logs");

export function LogsPage() {
  const api = useApi();
  const session = useSession();
  const people = usePeople();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  if (!mayOf(session).seesLog) {
    return (
      <Page title="Audit log">
        <NoPermission>
          {session.user.owner
            ? "The audit log is not switched on for organizations here."
            : "Owners of your organization read the audit log."}
        </NoPermission>
      </Page>
    );
  }
  return (
    <Page title="Audit log" hint="Who did what in your organization, newest first.">
      <AuditTable
        name={["audit-log"]}
        filter={filter}
        onFilter={(search) => void navigate({ search, replace: true })}
        nameOf={(id) => people.get(id)}
        people={people}
        load={async (filter, pageToken) => {
          const { start, end } = boundsOf(filter);
          const query = {
            filterEventName: filter.event,
            filterUserId: filter.person,
            filterStartTime: start,
            filterEndTime: end,
            pageToken,
            pageSize: 20,
          };
          const page = await data(api.frontend.GET("/api/frontend/v1/audit-log-events", { params: { query } }));
          return { rows: page.auditLogEvents ?? [], nextPageToken: page.nextPageToken };
        }}
      />
    </Page>
  );
}
