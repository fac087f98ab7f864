import {
  Button,
  ConfirmDialog,
  Icon,
  type Role,
  RoleDialog,
  type RoleDraft,
  RoleTable,
  Section,
  toast,
  usePaged,
} from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend, call, renew } from "../data/api";
import { queries } from "../data/queries";
import { useMayWrite } from "../data/staff";

type RolesProps = {
  /** Whose roles; those of the whole project without. */
  organizationId?: string;
  /** What to do when there are none. */
  hint: string;
};

export function Roles({ organizationId, hint }: RolesProps) {
  const mayWrite = useMayWrite();
  const { data: actions = [] } = useQuery(queries.policy());
  const [open, setOpen] = useState<{ change?: Role } | { remove: Role }>();
  const close = () => setOpen(undefined);
  const paged = usePaged(["roles", organizationId ?? "project", "page"], async (pageToken) => {
    const answer = await call(
      backend.GET("/v1/roles", { params: { query: { organizationId, pageToken, pageSize: 20 } } }),
    );
    return { rows: answer.roles ?? [], nextPageToken: answer.nextPageToken };
  });
  const save = async (role: Role | undefined, draft: RoleDraft) => {
    const params = role && { params: { path: { id: role.id } } };
    if (params) await call(backend.PATCH("/v1/roles/{id}", { ...params, body: draft }));
    else await call(backend.POST("/v1/roles", { body: { ...draft, organizationId } }));
    await renew(["roles"]);
    toast(role ? "The role was saved. It is in effect at once." : "The role was created.");
  };
  const remove = async ({ id }: Role) => {
    await call(backend.DELETE("/v1/roles/{id}", { params: { path: { id } } }));
    await renew(["roles"]);
    toast("The role was deleted.");
  };
  return (
    <Section
      actions={
        mayWrite && (
          <Button kind="main" icon={<Icon name="plus" />} onClick={() => setOpen({})}>
            Create role
          </Button>
        )
      }
    >
      <RoleTable
        label={organizationId ? "Roles of the organization" : "Roles of the project"}
        paged={paged}
        mayChange={() => mayWrite}
        onChange={(change) => setOpen({ change })}
        onDelete={(role) => setOpen({ remove: role })}
        hint={hint}
      />
      {open && !("remove" in open) && (
        <RoleDialog role={open.change} actions={actions} save={(draft) => save(open.change, draft)} onClose={close} />
      )}
      {open && "remove" in open && (
        <ConfirmDialog
          title={`Delete ${open.remove.displayName || "this role"}?`}
          confirm="Delete the role"
          onConfirm={() => remove(open.remove)}
          onClose={close}
        >
          It is taken from every person and key that has it, in effect at once.
        </ConfirmDialog>
      )}
    </Section>
  );
}
