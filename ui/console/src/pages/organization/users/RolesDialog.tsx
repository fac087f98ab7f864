import { Button, Dialog, DialogActions, Empty, type Role, Skeleton, Switch } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { Loaded } from "../../../layout/Loaded";
import { backend, call, renew } from "../../../data/api";
import { queries } from "../../../data/queries";
import type { User } from "../../../data/types";

/** The roles of a person; each switch is in effect at once. */
export function RolesDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const roles = useQuery(queries.rolesWithin(user.organizationId));
  const assignments = useQuery(queries.userRoles(user.id));
  const assign = async ({ id: roleId }: Role, given: boolean) => {
    const assignment = assignments.data?.find((assignment) => assignment.roleId === roleId);
    if (given) {
      await call(backend.POST("/v1/user-role-assignments", { body: { userId: user.id, roleId } }));
    } else if (assignment) {
      await call(backend.DELETE("/v1/user-role-assignments/{id}", { params: { path: { id: assignment.id } } }));
    }
    await renew(["user", user.id, "roles"]);
  };
  return (
    <Dialog
      title={`Roles of ${user.displayName || user.email}`}
      hint={user.owner ? "Owners may do everything in their organization, whatever their roles are." : undefined}
      onClose={onClose}
    >
      <Loaded query={roles} skeleton={<Skeleton className="h-24" />}>
        {(roles) => (
          <Loaded query={assignments} skeleton={<Skeleton className="h-24" />}>
            {(assignments) =>
              roles.length ? (
                roles.map((role) => (
                  <Switch
                    key={role.id}
                    label={role.displayName || role.id}
                    hint={role.description || undefined}
                    checked={assignments.some(({ roleId }) => roleId === role.id)}
                    onChecked={(given) => assign(role, given)}
                  />
                ))
              ) : (
                <Empty title="There are no roles yet" icon="tag">
                  Make them under “Roles and actions”.
                </Empty>
              )
            }
          </Loaded>
        )}
      </Loaded>
      <DialogActions>
        <Button kind="main" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
