import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { queries } from "../../data/queries";
import { useStaff } from "../../data/staff";

/** Who may have done what: the console's people and those of an organization, by their ids. */
export function usePeople(organizationId?: string) {
  const staff = useStaff();
  const { data: colleagues } = useQuery(queries.colleagues());
  const { data: users } = useQuery({
    ...queries.people(organizationId ?? ""),
    enabled: organizationId !== undefined,
  });
  return useMemo(() => {
    const ids = new Set([staff, ...(colleagues ?? [])].map(({ id }) => id));
    const named = [staff, ...(colleagues ?? []), ...(users ?? [])].map(
      ({ id, displayName, email }) => [id, displayName || email] as const,
    );
    return { people: new Map(named), isColleague: (id: string) => ids.has(id) };
  }, [staff, colleagues, users]);
}
