import {
  Button,
  ConfirmDialog,
  describeLimit,
  Empty,
  Icon,
  Menu,
  Section,
  Table,
  toast,
  usePaged,
} from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import { useMayWrite } from "../../data/staff";
import type { Plan } from "../../data/types";
import { PlanDialog } from "./PlanDialog";

export function PlansTab() {
  const mayWrite = useMayWrite();
  const [open, setOpen] = useState<{ change?: Plan } | { remove: Plan }>();
  const close = () => setOpen(undefined);
  const plans = usePaged(["plans", "page"], async (pageToken) => {
    const answer = await call(backend.GET("/v1/plans", { params: { query: { pageToken, pageSize: 20 } } }));
    return { rows: answer.plans ?? [], nextPageToken: answer.nextPageToken };
  });
  const remove = async ({ id }: Plan) => {
    await call(backend.DELETE("/v1/plans/{id}", { params: { path: { id } } }));
    await renew(["plans"]);
    toast("The plan was deleted.");
  };
  const empty = (
    <Empty title="No plans yet" icon="book">
      A plan is a set of limits that you give to many keys and organizations. Changing it changes them all.
    </Empty>
  );
  return (
    <Section
      actions={
        mayWrite && (
          <Button kind="main" icon={<Icon name="plus" />} onClick={() => setOpen({})}>
            Create plan
          </Button>
        )
      }
    >
      <Table
        label="Plans"
        {...plans}
        rowKey={({ id }) => id}
        empty={empty}
        columns={[
          {
            title: "Plan",
            cell: ({ id, displayName, description }) => (
              <div className="min-w-0">
                <p className="font-medium break-words">{displayName || id}</p>
                {description && <p className="text-sm text-quiet">{description}</p>}
              </div>
            ),
          },
          { title: "Limits", cell: ({ limits = [] }) => <LimitLines limits={limits} /> },
          {
            title: "Actions",
            actions: true,
            cell: (plan) => (
              <Menu
                label={`Actions for ${plan.displayName || plan.id}`}
                items={[
                  mayWrite && { label: "Change…", onSelect: () => setOpen({ change: plan }) },
                  mayWrite && { label: "Delete…", danger: true, onSelect: () => setOpen({ remove: plan }) },
                ]}
              />
            ),
          },
        ]}
      />
      {open && !("remove" in open) && <PlanDialog plan={open.change} onClose={close} />}
      {open && "remove" in open && (
        <ConfirmDialog
          title={`Delete ${open.remove.displayName || "this plan"}?`}
          confirm="Delete the plan"
          onConfirm={() => remove(open.remove)}
          onClose={close}
        >
          Keys and organizations that have it lose its limits, in effect at once.
        </ConfirmDialog>
      )}
    </Section>
  );
}

function LimitLines({ limits }: { limits: NonNullable<Plan["limits"]> }) {
  if (!limits.length) return <span className="text-quiet">None</span>;
  return (
    <ul className="text-sm">
      {limits.map((limit) => (
        <li key={limit.name}>
          {describeLimit(limit)} <span className="font-mono text-quiet">{limit.name}</span>
        </li>
      ))}
    </ul>
  );
}
