import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApiKey, Role } from "../api/types";
import { Card } from "../ui/Card";
import { Skeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { Switch } from "../ui/Switch";
import { ScopeList } from "../roles/ScopeList";
import { actionsOf, type KeySource, stateOf } from "./source";

/** What a key may do, and the roles that give it more. */
export function KeyRoles({ source, apiKey, roles }: { source: KeySource; apiKey: ApiKey; roles: readonly Role[] }) {
  const queries = useQueryClient();
  const name = [...source.name, "assignments", apiKey.id];
  const assignments = useQuery({ queryKey: name, queryFn: () => source.assignments(apiKey.id) });
  const changes = source.mayManage(apiKey) && stateOf(apiKey) !== "REVOKED";
  const change = async (role: Role, given: boolean) => {
    const assignment = assignments.data?.find(({ roleId }) => roleId === role.id);
    if (given) await source.assignRole(apiKey.id, role.id);
    else if (assignment) await source.unassignRole(apiKey.id, assignment.id);
    await Promise.all([
      queries.invalidateQueries({ queryKey: name }),
      queries.invalidateQueries({ queryKey: [...source.name, "key", apiKey.id] }),
    ]);
  };
  return (
    <>
      <Card title="What it may do" hint="The scopes it was made with, and those of its roles.">
        <ScopeList names={actionsOf(apiKey, roles)} none="Nothing beyond being valid: it has no scopes." />
      </Card>
      <Card title="Roles">
        {assignments.error ? (
          <Failure error={assignments.error} retry={() => void assignments.refetch()} />
        ) : !assignments.data ? (
          <Skeleton className="h-12" />
        ) : roles.length === 0 ? (
          <p className="text-quiet">There are no roles here.</p>
        ) : (
          roles.map((role) => {
            const given = assignments.data.some(({ roleId }) => roleId === role.id);
            const mayGive = role.actions?.every((action) => source.holds(action)) ?? true;
            return (
              <Switch
                key={role.id}
                label={role.displayName || role.id}
                hint={role.description || undefined}
                checked={given}
                disabled={!changes || (!given && !mayGive)}
                onChecked={(next) => change(role, next)}
              />
            );
          })
        )}
      </Card>
    </>
  );
}
