import { Dialog, Form, Input } from "@lockwork/kit";
import { useState } from "react";

type RenameDialogProps = { name: string; save: (name: string) => Promise<unknown>; onClose: () => void };

export function RenameDialog({ name, save, onClose }: RenameDialogProps) {
  const [text, setText] = useState(name);
  const submit = async () => {
    await save(text.trim());
    onClose();
  };
  return (
    <Dialog title="Rename the key" onClose={onClose}>
      <Form submit="Save" onSubmit={submit} onCancel={onClose}>
        <Input label="Name" value={text} onValue={setText} required maxLength={256} autoFocus autoComplete="off" />
      </Form>
    </Dialog>
  );
}
