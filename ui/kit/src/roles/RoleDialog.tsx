import { useState } from "react";
import { fieldOf } from "../api/errors";
import type { Action, Role } from "../api/types";
import { Dialog } from "../ui/Dialog";
import { Input } from "../ui/Field";
import { Form } from "../ui/Form";
import { Empty } from "../ui/states";
import { ScopePicker } from "./ScopePicker";

export interface RoleDraft {
  displayName: string;
  description: string;
  actions: string[];
}

interface RoleDialogProps {
  /** The one to change; a new one without. */
  role?: Role;
  /** All that a role may hold. */
  actions: readonly Action[];
  save: (draft: RoleDraft) => Promise<unknown>;
  onClose: () => void;
}

/** Makes a role or changes one. */
export function RoleDialog({ role, actions, save, onClose }: RoleDialogProps) {
  const [displayName, setDisplayName] = useState(role?.displayName ?? "");
  const [description, setDescription] = useState(role?.description ?? "");
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(role?.actions));
  const [wrong, setWrong] = useState<string>();
  const submit = async () => {
    try {
      await save({
        displayName: displayName.trim(),
        description: description.trim(),
        actions: [...selected].toSorted(),
      });
    } catch (error) {
      setWrong(fieldOf(error));
      throw error;
    }
    onClose();
  };
  return (
    <Dialog wide title={role ? `Change ${role.displayName || "the role"}` : "Create a role"} onClose={onClose}>
      <Form submit={role ? "Save" : "Create the role"} onSubmit={submit} onCancel={onClose}>
        <Input
          label="Name"
          value={displayName}
          onValue={setDisplayName}
          aria-invalid={wrong === "displayName"}
          required
          maxLength={256}
        />
        <Input label="Description" optional value={description} onValue={setDescription} maxLength={1024} />
        <fieldset className="grid gap-1.5">
          <legend className="mb-1.5 font-medium">What it allows</legend>
          {actions.length ? (
            <ScopePicker actions={actions} selected={selected} onSelected={setSelected} />
          ) : (
            <Empty title="No actions are defined yet">Define them in the project's RBAC policy.</Empty>
          )}
        </fieldset>
      </Form>
    </Dialog>
  );
}
