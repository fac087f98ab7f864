import { Dialog, Form, Input, toast } from "@lockwork/kit";
import { useState } from "react";

type AddCreditsDialogProps = { add: (amount: number) => Promise<unknown>; onClose: () => void };

export function AddCreditsDialog({ add, onClose }: AddCreditsDialogProps) {
  const [amount, setAmount] = useState("");
  const submit = async () => {
    await add(Number(amount));
    toast("The credits were added.");
    onClose();
  };
  return (
    <Dialog title="Add credits" hint="To what is left then, however much is spent meanwhile." onClose={onClose}>
      <Form submit="Add" onSubmit={submit} onCancel={onClose} disabled={!amount}>
        <Input
          label="How many"
          hint="A negative number takes some away."
          type="number"
          step={1}
          value={amount}
          onValue={setAmount}
          autoFocus
        />
      </Form>
    </Dialog>
  );
}
