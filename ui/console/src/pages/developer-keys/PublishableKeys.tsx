import { Badge, Button, ConfirmDialog, Empty, Icon, Id, Menu, Section, Table, TimeAgo, toast } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import { queries } from "../../data/queries";
import { useMayWrite } from "../../data/staff";
import type { PublishableKey } from "../../data/types";
import { PublishableKeyDialog } from "./PublishableKeyDialog";

export function PublishableKeys() {
  const mayWrite = useMayWrite();
  const { data: keys, error, refetch } = useQuery(queries.publishableKeys());
  const [open, setOpen] = useState<{ change?: PublishableKey } | { remove: PublishableKey }>();
  const close = () => setOpen(undefined);
  const remove = async ({ id }: PublishableKey) => {
    await call(backend.DELETE("/v1/publishable-keys/{id}", { params: { path: { id } } }));
    await renew(["publishable-keys"]);
    toast("The key was deleted.");
  };
  return (
    <Section
      title="Publishable keys"
      hint="Not secret. By one, your apps find this project and its public signing keys."
      actions={
        mayWrite && (
          <Button icon={<Icon name="plus" />} onClick={() => setOpen({})}>
            Create publishable key
          </Button>
        )
      }
    >
      <Table
        label="Publishable keys"
        rows={keys}
        error={error}
        retry={() => void refetch()}
        rowKey={({ id }) => id}
        expect={1}
        empty={
          <Empty title="No publishable keys yet" icon="key">
            Your frontend and your middleware need one.
          </Empty>
        }
        columns={[
          {
            title: "Key",
            cell: ({ id, displayName, crossDomainMode }) => (
              <div className="min-w-0">
                <span className="font-medium break-words">{displayName || "Untitled key"}</span>{" "}
                {crossDomainMode && <Badge tone="accent">Cross-domain</Badge>}
                <p>
                  <Id id={id} label={`Copy ${displayName || "the key"}`} className="text-quiet" />
                </p>
              </div>
            ),
          },
          { title: "Created", from: "md", cell: ({ createTime }) => <TimeAgo time={createTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (key) => (
              <Menu
                label={`Actions for ${key.displayName || key.id}`}
                items={[
                  mayWrite && { label: "Change…", onSelect: () => setOpen({ change: key }) },
                  mayWrite && { label: "Delete…", danger: true, onSelect: () => setOpen({ remove: key }) },
                ]}
              />
            ),
          },
        ]}
      />
      {open && !("remove" in open) && <PublishableKeyDialog publishableKey={open.change} onClose={close} />}
      {open && "remove" in open && (
        <ConfirmDialog
          title="Delete this publishable key?"
          confirm="Delete the key"
          typed={open.remove.displayName || open.remove.id}
          onConfirm={() => remove(open.remove)}
          onClose={close}
        >
          Apps that have it no longer find this project: nobody can sign in to them.
        </ConfirmDialog>
      )}
    </Section>
  );
}
