import { type Action, Dialog, Form, Input } from "@lockwork/kit";
import { useState } from "react";
import { wrongName } from "./policy";

type ActionDialogProps = {
  /** The one to describe; a new one without. */
  action?: Action;
  actions: readonly Action[];
  save: (action: Action, replaced?: string) => Promise<unknown>;
  onClose: () => void;
};

export function ActionDialog({ action, actions, save, onClose }: ActionDialogProps) {
  const [name, setName] = useState(action?.name ?? "");
  const [description, setDescription] = useState(action?.description ?? "");
  const [tried, setTried] = useState(false);
  const wrong = wrongName(name, actions, action?.name);
  const submit = async () => {
    setTried(true);
    if (wrong) return;
    await save({ name, description: description.trim() }, action?.name);
    onClose();
  };
  return (
    <Dialog title={action ? "Describe the action" : "Add an action"} onClose={onClose}>
      <Form submit="Save" onSubmit={submit} onCancel={onClose} disabled={!name}>
        <Input
          label="Name"
          hint={
            action
              ? "A name stays: code asks for it."
              : "Your product, a resource, and what is done to it: acme.widgets.read."
          }
          error={tried ? wrong : undefined}
          value={name}
          onValue={setName}
          readOnly={action !== undefined}
          mono
          autoFocus={!action}
          autoComplete="off"
          spellCheck={false}
        />
        <Input
          label="What it allows"
          optional
          hint="Shown to your customers when they choose what a key may do."
          value={description}
          onValue={setDescription}
          maxLength={1024}
          autoFocus={action !== undefined}
        />
      </Form>
    </Dialog>
  );
}
