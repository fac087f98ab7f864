import { type Action, Button, ConfirmDialog, Empty, Icon, Menu, Section, Table, toast } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend, call, queryClient, renew } from "../../data/api";
import { queries } from "../../data/queries";
import { useMayWrite } from "../../data/staff";
import { ActionDialog } from "./ActionDialog";
import { withAction } from "./policy";

/** Writes the whole policy: what was read anew, changed, so that nobody else's change is lost for long. */
async function change(edit: (actions: Action[]) => Action[]): Promise<void> {
  const { rbacPolicy } = await call(backend.GET("/v1/rbac-policy"));
  const actions = edit(rbacPolicy.actions ?? []);
  const answer = await call(backend.PUT("/v1/rbac-policy", { body: { actions } }));
  queryClient.setQueryData(queries.policy().queryKey, answer.rbacPolicy.actions ?? []);
  await renew(["roles"]);
}

export function ActionsTab() {
  const mayWrite = useMayWrite();
  const { data: actions, error, refetch } = useQuery(queries.policy());
  const [open, setOpen] = useState<{ edit?: Action } | { remove: Action }>();
  const close = () => setOpen(undefined);
  const save = async (action: Action, replaced?: string) => {
    await change((actions) => withAction(actions, action, replaced));
    toast("The action was saved.");
  };
  const remove = async ({ name }: Action) => {
    await change((actions) => actions.filter((action) => action.name !== name));
    toast(`${name} was removed.`);
  };
  const empty = (
    <Empty title="No actions yet" icon="tag">
      An action has three parts, such as <span className="font-mono text-sm">acme.widgets.read</span>: your product, a
      resource, and what is done to it.
    </Empty>
  );
  return (
    <Section
      actions={
        mayWrite && (
          <Button kind="main" icon={<Icon name="plus" />} onClick={() => setOpen({})}>
            Add action
          </Button>
        )
      }
    >
      <Table
        label="Actions"
        rows={actions}
        error={error}
        retry={() => void refetch()}
        rowKey={({ name }) => name}
        empty={empty}
        columns={[
          { title: "Name", cell: ({ name }) => <span className="font-mono text-sm break-all">{name}</span> },
          {
            title: "What it allows",
            from: "sm",
            cell: ({ description }) => <span className="text-quiet">{description}</span>,
          },
          {
            title: "Actions",
            actions: true,
            cell: (action) => (
              <Menu
                label={`Actions for ${action.name}`}
                items={[
                  mayWrite && { label: "Describe…", onSelect: () => setOpen({ edit: action }) },
                  mayWrite && { label: "Remove…", danger: true, onSelect: () => setOpen({ remove: action }) },
                ]}
              />
            ),
          },
        ]}
      />
      {open && !("remove" in open) && (
        <ActionDialog action={open.edit} actions={actions ?? []} save={save} onClose={close} />
      )}
      {open && "remove" in open && (
        <ConfirmDialog
          title="Remove this action?"
          confirm="Remove the action"
          typed={open.remove.name}
          onConfirm={() => remove(open.remove)}
          onClose={close}
        >
          It is taken from every role and key that has it. Requests that need it are refused at once.
        </ConfirmDialog>
      )}
    </Section>
  );
}
