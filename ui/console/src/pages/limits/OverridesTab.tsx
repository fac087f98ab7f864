import {
  Badge,
  Button,
  ConfirmDialog,
  describeLimit,
  Empty,
  Icon,
  Menu,
  Section,
  Table,
  TimeAgo,
  toast,
  usePaged,
} from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import { useMayWrite } from "../../data/staff";
import type { LimitOverride } from "../../data/types";
import { OverrideDialog } from "./OverrideDialog";

export function OverridesTab() {
  const mayWrite = useMayWrite();
  const [open, setOpen] = useState<{ change?: LimitOverride } | { remove: LimitOverride }>();
  const close = () => setOpen(undefined);
  const overrides = usePaged(["overrides"], async (pageToken) => {
    const answer = await call(backend.GET("/v1/limit-overrides", { params: { query: { pageToken, pageSize: 20 } } }));
    return { rows: answer.limitOverrides ?? [], nextPageToken: answer.nextPageToken };
  });
  const remove = async ({ id }: LimitOverride) => {
    await call(backend.DELETE("/v1/limit-overrides/{id}", { params: { path: { id } } }));
    await renew(["overrides"]);
    toast("The override was deleted.");
  };
  const empty = (
    <Empty title="No overrides yet" icon="book">
      Your backend can count requests without a key, by any identifier. An override gives one identifier a limit of its
      own.
    </Empty>
  );
  return (
    <Section
      actions={
        mayWrite && (
          <Button kind="main" icon={<Icon name="plus" />} onClick={() => setOpen({})}>
            Create override
          </Button>
        )
      }
    >
      <Table
        label="Limit overrides"
        {...overrides}
        rowKey={({ id }) => id}
        empty={empty}
        columns={[
          {
            title: "Identifier",
            cell: ({ identifier, namespace }) => (
              <div className="min-w-0">
                <p className="font-mono text-sm break-all">{identifier}</p>
                <p className="text-sm break-all text-quiet">in {namespace}</p>
              </div>
            ),
          },
          {
            title: "Limit",
            cell: (override) =>
              override.limit === 0 ? <Badge tone="bad">Blocked</Badge> : describeLimit({ ...override, name: "" }),
          },
          { title: "Changed", from: "md", cell: ({ updateTime }) => <TimeAgo time={updateTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (override) => (
              <Menu
                label={`Actions for ${override.identifier}`}
                items={[
                  mayWrite && { label: "Change…", onSelect: () => setOpen({ change: override }) },
                  mayWrite && { label: "Delete…", danger: true, onSelect: () => setOpen({ remove: override }) },
                ]}
              />
            ),
          },
        ]}
      />
      {open && !("remove" in open) && <OverrideDialog override={open.change} onClose={close} />}
      {open && "remove" in open && (
        <ConfirmDialog
          title={`Delete the override of ${open.remove.identifier}?`}
          confirm="Delete the override"
          onConfirm={() => remove(open.remove)}
          onClose={close}
        >
          The limit that your backend asks with counts again, at once.
        </ConfirmDialog>
      )}
    </Section>
  );
}
