import {
  Button,
  data,
  Dialog,
  DialogActions,
  everyPage,
  everyRole,
  Failure,
  type FrontendSchema,
  type Role,
  Skeleton,
  Switch,
  useApi,
} from "@lockwork/kit";
import { useQuery, useQueryClient } from "@tanstack/react-query";

interface MemberRolesProps {
  user: FrontendSchema["User"];
  name: string;
  mayChange: boolean;
  onClose: () => void;
}

/** The roles that somebody has; owners give and take them. */
export function MemberRoles({ user, name, mayChange, onClose }: MemberRolesProps) {
  const api = useApi();
  const queries = useQueryClient();
  const roles = useQuery({ queryKey: ["roles", "all"], queryFn: () => everyRole(api, user.organizationId) });
  const queryKey = ["user-role-assignments", user.id];
  const assignments = useQuery({
    queryKey,
    queryFn: () =>
      everyPage(async (pageToken) => {
        const query = { userId: user.id, pageToken, pageSize: 100 };
        const page = await data(api.frontend.GET("/api/frontend/v1/user-role-assignments", { params: { query } }));
        return { rows: page.userRoleAssignments ?? [], nextPageToken: page.nextPageToken };
      }),
  });
  const change = async (role: Role, given: boolean) => {
    const assignment = assignments.data?.find(({ roleId }) => roleId === role.id);
    if (given) {
      await api.frontend.POST("/api/frontend/v1/user-role-assignments", { body: { userId: user.id, roleId: role.id } });
    } else if (assignment) {
      const path = { id: assignment.id };
      await api.frontend.DELETE("/api/frontend/v1/user-role-assignments/{id}", { params: { path } });
    }
    await queries.invalidateQueries({ queryKey });
  };
  const error = roles.error ?? assignments.error;
  return (
    <Dialog
      title={`Roles of ${name}`}
      hint={
        user.owner
          ? "Owners may do everything, whatever their roles."
          : "A change counts from their next access token, within five minutes."
      }
      onClose={onClose}
    >
      {error ? (
        <Failure error={error} retry={() => void Promise.all([roles.refetch(), assignments.refetch()])} />
      ) : !roles.data || !assignments.data ? (
        <Skeleton className="h-24" />
      ) : roles.data.length === 0 ? (
        <p className="text-quiet">There are no roles here yet.</p>
      ) : (
        roles.data.map((role) => (
          <Switch
            key={role.id}
            label={role.displayName || role.id}
            hint={role.description || undefined}
            checked={assignments.data.some(({ roleId }) => roleId === role.id)}
            disabled={!mayChange}
            onChecked={(given) => change(role, given)}
          />
        ))
      )}
      <DialogActions>
        <Button kind="main" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
