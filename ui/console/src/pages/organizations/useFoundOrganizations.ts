import { useQuery } from "@tanstack/react-query";
import { backend, call } from "../../data/api";
import { everyOrganization } from "../../data/everyOrganization";
import type { Organization } from "../../data/types";

/** The organizations with this in their name, in capitals or not. */
export function useFoundOrganizations(search: string) {
  const every = useQuery(everyOrganization());
  const complete = every.data?.complete ?? true;
  const exact = useQuery({
    queryKey: ["organizations", "named", search],
    queryFn: async () => {
      const query = { displayName: search, pageSize: 100 };
      return (await call(backend.GET("/v1/organizations", { params: { query } }))).organizations ?? [];
    },
    enabled: !complete,
  });
  return {
    rows: every.data && merged(every.data.organizations, exact.data ?? [], search),
    error: every.error,
    busy: exact.isFetching,
    retry: () => void every.refetch(),
    complete,
  };
}

function merged(every: Organization[], exact: Organization[], search: string): Organization[] {
  const part = search.trim().toLocaleLowerCase();
  const found = every.filter(({ displayName = "" }) => displayName.toLocaleLowerCase().includes(part));
  const ids = new Set(found.map(({ id }) => id));
  return [...found, ...exact.filter(({ id }) => !ids.has(id))];
}
