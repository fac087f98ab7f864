import { Dialog, Form, Input, Select, toast } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import type { LimitOverride } from "../../data/types";

const KINDS = [
  { value: "WINDOW", label: "In any such window" },
  { value: "BUCKET", label: "Flows back evenly" },
] as const;

/** Makes an override or changes one; whom it is for stays. */
export function OverrideDialog({ override, onClose }: { override?: LimitOverride; onClose: () => void }) {
  const [namespace, setNamespace] = useState(override?.namespace ?? "");
  const [identifier, setIdentifier] = useState(override?.identifier ?? "");
  const [kind, setKind] = useState(override?.kind ?? "WINDOW");
  const [limit, setLimit] = useState(String(override?.limit ?? ""));
  const [windowSeconds, setWindowSeconds] = useState(String(override?.windowSeconds ?? 60));
  const [burst, setBurst] = useState(String(override?.burst ?? ""));
  const save = async () => {
    const numbers = {
      kind,
      limit: Number(limit),
      windowSeconds: Number(windowSeconds),
      ...(kind === "BUCKET" && burst && { burst: Number(burst) }),
    };
    if (override) {
      await call(backend.PATCH("/v1/limit-overrides/{id}", { params: { path: { id: override.id } }, body: numbers }));
    } else {
      await call(
        backend.POST("/v1/limit-overrides", {
          body: { namespace: namespace.trim(), identifier: identifier.trim(), ...numbers },
        }),
      );
    }
    await renew(["overrides"]);
    toast("The override was saved.");
    onClose();
  };
  const fixed = override !== undefined;
  return (
    <Dialog title={fixed ? "Change the override" : "Create an override"} onClose={onClose}>
      <Form submit={fixed ? "Save" : "Create the override"} onSubmit={save} onCancel={onClose}>
        <Input
          label="Namespace"
          hint="What is counted, as your backend names it: logins."
          value={namespace}
          onValue={setNamespace}
          required
          readOnly={fixed}
          mono
          autoFocus={!fixed}
        />
        <Input
          label="Identifier"
          hint="Whom it is for: an address, an id."
          value={identifier}
          onValue={setIdentifier}
          required
          readOnly={fixed}
          mono
        />
        <Select label="Kind" options={KINDS} value={kind} onValue={setKind} />
        <div className="grid grid-cols-2 items-start gap-4">
          <Input
            label="Limit"
            hint="0 blocks it."
            type="number"
            min={0}
            step={1}
            required
            value={limit}
            onValue={setLimit}
            autoFocus={fixed}
          />
          <Input
            label="Seconds"
            type="number"
            min={1}
            step={1}
            required
            value={windowSeconds}
            onValue={setWindowSeconds}
          />
        </div>
        {kind === "BUCKET" && (
          <Input label="At once" optional type="number" min={1} step={1} value={burst} onValue={setBurst} />
        )}
      </Form>
    </Dialog>
  );
}
