import { AuditTable, type AuditFilter, boundsOf } from "@lockwork/kit";
import type { ReactNode } from "react";
import { backend, call } from "../../data/api";
import { useNames } from "../../data/useNames";
import { usePeople } from "./usePeople";

type AuditLogProps = {
  /** What is fixed about the events. */
  only: { organizationId?: string; resourceType?: string; resourceId?: string };
  filter: AuditFilter;
  onFilter: (filter: AuditFilter) => void;
  children?: ReactNode;
};

export function AuditLog({ only, filter, onFilter, children }: AuditLogProps) {
  const nameOf = useNames(only.organizationId);
  const { people, isColleague } = usePeople(only.organizationId);
  const { organizationId = "", resourceType = "", resourceId = "" } = only;
  return (
    <AuditTable
      name={["audit-log", organizationId, resourceType, resourceId]}
      load={async ({ event, person, ...days }, pageToken) => {
        const { start, end } = boundsOf(days);
        const by = person && isColleague(person) ? { actorConsoleUserId: person } : { actorUserId: person };
        const query = { ...only, ...by, eventName: event, startTime: start, endTime: end, pageToken, pageSize: 20 };
        const answer = await call(backend.GET("/v1/audit-log-events", { params: { query } }));
        return { rows: answer.auditLogEvents ?? [], nextPageToken: answer.nextPageToken };
      }}
      filter={filter}
      onFilter={onFilter}
      nameOf={nameOf}
      people={people}
    >
      {children}
    </AuditTable>
  );
}
