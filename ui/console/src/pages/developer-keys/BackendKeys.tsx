import { Badge, Button, ConfirmDialog, Empty, Icon, Menu, Section, Table, TimeAgo, toast } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import { queries } from "../../data/queries";
import { useMayWrite } from "../../data/staff";
import type { BackendApiKey } from "../../data/types";
import { CreateBackendKeyDialog } from "./CreateBackendKeyDialog";
import { RenameDialog } from "./RenameDialog";
import { SCOPES } from "./scopes";

type Open = { kind: "create" } | { kind: "rename" | "revoke" | "remove"; key: BackendApiKey };

export function BackendKeys() {
  const mayWrite = useMayWrite();
  const { data: keys, error, refetch } = useQuery(queries.backendApiKeys());
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const params = (id: string) => ({ params: { path: { id } } });
  const rename = async (id: string, displayName: string) => {
    await call(backend.PATCH("/v1/backend-api-keys/{id}", { ...params(id), body: { displayName } }));
    await renew(["backend-api-keys"]);
  };
  const revoke = async (id: string) => {
    await call(backend.POST("/v1/backend-api-keys/{id}/revoke", params(id)));
    await renew(["backend-api-keys"]);
    toast("The key was revoked.");
  };
  const remove = async (id: string) => {
    await call(backend.DELETE("/v1/backend-api-keys/{id}", params(id)));
    await renew(["backend-api-keys"]);
    toast("The key was deleted.");
  };
  return (
    <Section
      title="Backend API keys"
      hint="Secret. Your server manages and verifies keys with one. Beside an app that only verifies, use one that can do nothing else."
      actions={
        mayWrite && (
          <Button kind="main" icon={<Icon name="plus" />} onClick={() => setOpen({ kind: "create" })}>
            Create Backend API key
          </Button>
        )
      }
    >
      <Table
        label="Backend API keys"
        rows={keys}
        error={error}
        retry={() => void refetch()}
        rowKey={({ id }) => id}
        expect={1}
        empty={
          <Empty title="No Backend API keys yet" icon="key">
            Your server needs one.
          </Empty>
        }
        columns={[
          {
            title: "Name",
            cell: ({ displayName, scope }) => (
              <div className="min-w-0">
                <p className="font-medium break-words">{displayName || "Untitled key"}</p>
                <p className="text-sm text-quiet">{SCOPES.find(({ value }) => value === scope)?.label ?? scope}</p>
              </div>
            ),
          },
          {
            title: "State",
            cell: ({ revoked }) => <Badge tone={revoked ? "bad" : "good"}>{revoked ? "Revoked" : "Active"}</Badge>,
          },
          { title: "Created", from: "md", cell: ({ createTime }) => <TimeAgo time={createTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (key) => (
              <Menu
                label={`Actions for ${key.displayName || key.id}`}
                items={[
                  mayWrite && { label: "Rename…", onSelect: () => setOpen({ kind: "rename", key }) },
                  mayWrite &&
                    !key.revoked && {
                      label: "Revoke…",
                      danger: true,
                      onSelect: () => setOpen({ kind: "revoke", key }),
                    },
                  mayWrite &&
                    key.revoked && { label: "Delete…", danger: true, onSelect: () => setOpen({ kind: "remove", key }) },
                ]}
              />
            ),
          },
        ]}
      />
      {open?.kind === "create" && <CreateBackendKeyDialog onClose={close} />}
      {open?.kind === "rename" && (
        <RenameDialog name={open.key.displayName ?? ""} save={(name) => rename(open.key.id, name)} onClose={close} />
      )}
      {open?.kind === "revoke" && (
        <ConfirmDialog
          title="Revoke this Backend API key?"
          confirm="Revoke the key"
          typed={open.key.displayName || open.key.id}
          onConfirm={() => revoke(open.key.id)}
          onClose={close}
        >
          Every server that uses it is refused at once. This cannot be taken back.
        </ConfirmDialog>
      )}
      {open?.kind === "remove" && (
        <ConfirmDialog
          title="Delete this key?"
          confirm="Delete the key"
          onConfirm={() => remove(open.key.id)}
          onClose={close}
        >
          It is revoked already; it only leaves this list. The audit log keeps it.
        </ConfirmDialog>
      )}
    </Section>
  );
}
