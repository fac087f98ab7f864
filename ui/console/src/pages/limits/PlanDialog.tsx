import { Dialog, Form, Input, type LimitBody, limitBody, LimitsEditor, newLimit, toast } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import type { Plan } from "../../data/types";

/** Makes a plan or changes one. */
export function PlanDialog({ plan, onClose }: { plan?: Plan; onClose: () => void }) {
  const [displayName, setDisplayName] = useState(plan?.displayName ?? "");
  const [description, setDescription] = useState(plan?.description ?? "");
  const [limits, setLimits] = useState<readonly LimitBody[]>(
    plan ? (plan.limits ?? []).map(limitBody) : [newLimit([])],
  );
  const save = async () => {
    const body = { displayName: displayName.trim(), description: description.trim(), limits: [...limits] };
    if (plan) await call(backend.PATCH("/v1/plans/{id}", { params: { path: { id: plan.id } }, body }));
    else await call(backend.POST("/v1/plans", { body }));
    await renew(["plans"]);
    toast(plan ? "The plan was saved. It is in effect at once." : "The plan was created.");
    onClose();
  };
  return (
    <Dialog wide title={plan ? `Change ${plan.displayName || "the plan"}` : "Create a plan"} onClose={onClose}>
      <Form submit={plan ? "Save" : "Create the plan"} onSubmit={save} onCancel={onClose}>
        <Input
          label="Name"
          value={displayName}
          onValue={setDisplayName}
          required
          maxLength={256}
          autoFocus
          autoComplete="off"
        />
        <Input label="Description" optional value={description} onValue={setDescription} maxLength={1024} />
        <fieldset>
          <legend className="mb-1.5 font-medium">Limits</legend>
          <LimitsEditor limits={limits} onLimits={setLimits} />
        </fieldset>
      </Form>
    </Dialog>
  );
}
