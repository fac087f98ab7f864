import { type BackendSchema, Checkbox, Dialog, Form, Input, Select, toast } from "@lockwork/kit";
import { useState } from "react";
import type { Credits } from "../data/types";

type SetCreditsDialogProps = {
  credits?: Credits;
  set: (credits: BackendSchema["CreditsBody"] | null) => Promise<unknown>;
  onClose: () => void;
};

const PERIODS = [
  { value: "", label: "No refill" },
  { value: "HOUR", label: "Every hour" },
  { value: "DAY", label: "Every day" },
  { value: "MONTH", label: "Every month" },
] as const;

export function SetCreditsDialog({ credits, set, onClose }: SetCreditsDialogProps) {
  const [counted, setCounted] = useState(true);
  const [remaining, setRemaining] = useState(String(credits?.remaining ?? ""));
  const [period, setPeriod] = useState<(typeof PERIODS)[number]["value"]>(credits?.refill?.period ?? "");
  const [amount, setAmount] = useState(String(credits?.refill?.amount ?? ""));
  const submit = async () => {
    const refill = period ? { period, amount: Number(amount), anchorTime: credits?.refill?.anchorTime } : null;
    await set(counted ? { remaining: Number(remaining), refill, blockSize: credits?.blockSize } : null);
    toast("The credits were saved.");
    onClose();
  };
  return (
    <Dialog title="Credits" onClose={onClose}>
      <Form
        submit="Save"
        onSubmit={submit}
        onCancel={onClose}
        disabled={counted && (!remaining || (period !== "" && !amount))}
      >
        {credits && <Checkbox label="Count credits" checked={counted} onChecked={setCounted} />}
        {counted && (
          <>
            <Input label="Left now" type="number" min={0} step={1} value={remaining} onValue={setRemaining} autoFocus />
            <Select label="Refill" options={PERIODS} value={period} onValue={setPeriod} />
            {period && (
              <Input
                label="Fill up to"
                hint="At the beginning of each period."
                type="number"
                min={1}
                step={1}
                value={amount}
                onValue={setAmount}
              />
            )}
          </>
        )}
      </Form>
    </Dialog>
  );
}
