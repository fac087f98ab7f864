import {
  Button,
  Card,
  describeLimit,
  Dialog,
  Form,
  type Limit,
  type LimitBody,
  limitBody,
  LimitsEditor,
  Select,
  toast,
} from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queries } from "../data/queries";

type Allowance = { planId: string | null; limits: LimitBody[] };

type AllowanceCardProps = {
  /** Whom it is for. */
  what: string;
  planId?: string | null;
  limits?: Limit[];
  /** Absent for those who may not change it. */
  save: false | ((allowance: Allowance) => Promise<unknown>);
};

/** How much a key, or all keys of an organization, may be used: a plan and limits of its own. */
export function AllowanceCard({ what, planId, limits = [], save }: AllowanceCardProps) {
  const [changing, setChanging] = useState(false);
  const { data: plans = [] } = useQuery(queries.plans());
  const plan = plans.find(({ id }) => id === planId);
  const own = new Set(limits.map(({ name }) => name));
  const rows = [
    ...limits.map((limit) => ({ limit, from: "Its own" })),
    ...(plan?.limits ?? [])
      .filter(({ name }) => !own.has(name))
      .map((limit) => ({ limit, from: plan?.displayName || "Plan" })),
  ];
  return (
    <Card
      title="Limits"
      hint={what}
      actions={
        save && (
          <Button small onClick={() => setChanging(true)}>
            Change
          </Button>
        )
      }
    >
      {rows.length ? (
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[max-content_minmax(0,1fr)]">
          {rows.map(({ limit, from }) => (
            <div key={limit.name} className="contents">
              <dt className="font-mono text-sm leading-6 max-sm:-mb-2">{limit.name}</dt>
              <dd>
                {describeLimit(limit)} <span className="text-quiet">· {from}</span>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className="text-quiet">No limits.</p>
      )}
      {changing && save && (
        <AllowanceDialog
          allowance={{ planId: planId ?? null, limits: limits.map(limitBody) }}
          save={save}
          onClose={() => setChanging(false)}
        />
      )}
    </Card>
  );
}

type AllowanceDialogProps = {
  allowance: Allowance;
  save: (allowance: Allowance) => Promise<unknown>;
  onClose: () => void;
};

function AllowanceDialog({ allowance, save, onClose }: AllowanceDialogProps) {
  const { data: plans = [] } = useQuery(queries.plans());
  const [planId, setPlanId] = useState(allowance.planId ?? "");
  const [limits, setLimits] = useState<readonly LimitBody[]>(allowance.limits);
  const submit = async () => {
    await save({ planId: planId || null, limits: [...limits] });
    toast("The limits were saved. They are in effect at once.");
    onClose();
  };
  const options = [
    { value: "", label: "No plan" },
    ...plans.map(({ id, displayName }) => ({ value: id, label: displayName || id })),
  ];
  return (
    <Dialog wide title="Limits" onClose={onClose}>
      <Form submit="Save" onSubmit={submit} onCancel={onClose}>
        <Select
          label="Plan"
          hint="A limit of its own with the name of one of the plan takes that one's place."
          options={options}
          value={planId}
          onValue={setPlanId}
        />
        <LimitsEditor limits={limits} onLimits={setLimits} />
      </Form>
    </Dialog>
  );
}
