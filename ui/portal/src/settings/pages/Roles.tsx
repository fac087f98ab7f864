import {
  Button,
  ConfirmDialog,
  data,
  Icon,
  mayOf,
  Page,
  type Role,
  RoleDialog,
  type RoleDraft,
  RoleTable,
  Section,
  toast,
  useApi,
  usePaged,
  useSession,
} from "@lockwork/kit";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

export function RolesPage() {
  const api = useApi();
  const queries = useQueryClient();
  const session = useSession();
  const may = mayOf(session);
  const [editing, setEditing] = useState<{ role?: Role }>();
  const [deleting, setDeleting] = useState<Role>();
  const own = useRoles(session.organization.id);
  const common = useRoles();
  const policy = useQuery({
    queryKey: ["rbac-policy"],
    queryFn: async () => (await data(api.frontend.GET("/api/frontend/v1/rbac-policy"))).rbacPolicy.actions ?? [],
    enabled: may.makesRoles,
  });
  const changed = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["roles"] }),
      queries.invalidateQueries({ queryKey: ["api-keys"] }),
    ]);
  const save = async (body: RoleDraft) => {
    const role = editing?.role;
    if (role) await api.frontend.PATCH("/api/frontend/v1/roles/{id}", { params: { path: { id: role.id } }, body });
    else await api.frontend.POST("/api/frontend/v1/roles", { body });
    toast(`${body.displayName} is saved`);
    await changed();
  };
  const remove = async (role: Role) => {
    await api.frontend.DELETE("/api/frontend/v1/roles/{id}", { params: { path: { id: role.id } } });
    toast(`${role.displayName || "The role"} is deleted`);
    await changed();
  };
  return (
    <Page
      title="Roles"
      hint="A role is a set of actions. Give it to people and to API keys."
      actions={
        may.makesRoles && (
          <Button kind="main" icon={<Icon name="plus" />} busy={policy.isPending} onClick={() => setEditing({})}>
            Create a role
          </Button>
        )
      }
    >
      <Section title="Of your organization">
        <RoleTable
          label="Roles of your organization"
          paged={own}
          mayChange={() => may.makesRoles}
          onChange={(role) => setEditing({ role })}
          onDelete={setDeleting}
          hint={
            may.makesRoles
              ? "Create one to give people and keys just what they need."
              : "Owners make them where that is switched on."
          }
        />
      </Section>
      <Section title="For every organization">
        <RoleTable label="Roles for every organization" paged={common} hint="The service has not defined any." />
      </Section>
      {editing && (
        <RoleDialog role={editing.role} actions={policy.data ?? []} save={save} onClose={() => setEditing(undefined)} />
      )}
      {deleting && (
        <ConfirmDialog
          title={`Delete ${deleting.displayName || "the role"}?`}
          confirm="Delete the role"
          typed={deleting.displayName || undefined}
          onConfirm={() => remove(deleting)}
          onClose={() => setDeleting(undefined)}
        >
          It is taken from everybody, and from every key, that has it.
        </ConfirmDialog>
      )}
    </Page>
  );
}

/** The roles of an organization; without one, those that every organization has. */
function useRoles(organizationId?: string) {
  const api = useApi();
  return usePaged(["roles", "list", organizationId ?? ""], async (pageToken) => {
    const query = { organizationId, pageToken, pageSize: 20 };
    const page = await data(api.frontend.GET("/api/frontend/v1/roles", { params: { query } }));
    return { rows: page.roles ?? [], nextPageToken: page.nextPageToken };
  });
}
