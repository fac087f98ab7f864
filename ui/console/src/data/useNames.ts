import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { queries } from "./queries";
import { useStaff } from "./staff";

const NOBODY: never[] = [];

/** The names of those who act: the console's people, those of an organization, and Backend API keys. */
export function useNames(organizationId?: string): (id: string) => string | undefined {
  const staff = useStaff();
  const { data: colleagues = NOBODY } = useQuery(queries.colleagues());
  const { data: people = NOBODY } = useQuery({
    ...queries.people(organizationId ?? ""),
    enabled: organizationId !== undefined,
  });
  const { data: backendApiKeys = NOBODY } = useQuery(queries.backendApiKeys());
  const names = useMemo(
    () =>
      new Map([
        ...backendApiKeys.map(({ id, displayName }) => [id, displayName || "A Backend API key"] as const),
        ...[...people, ...colleagues].map(({ id, displayName, email }) => [id, displayName || email] as const),
        [staff.id, "You"] as const,
      ]),
    [backendApiKeys, people, colleagues, staff],
  );
  return useCallback((id) => names.get(id), [names]);
}
