import { Checkbox, Dialog, Form, Input, toast } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import type { PublishableKey } from "../../data/types";

/** Makes a publishable key or changes one. */
export function PublishableKeyDialog({
  publishableKey,
  onClose,
}: {
  publishableKey?: PublishableKey;
  onClose: () => void;
}) {
  const [displayName, setDisplayName] = useState(publishableKey?.displayName ?? "");
  const [crossDomainMode, setCrossDomainMode] = useState(publishableKey?.crossDomainMode ?? false);
  const save = async () => {
    const body = { displayName: displayName.trim(), crossDomainMode };
    const id = publishableKey?.id;
    if (id) await call(backend.PATCH("/v1/publishable-keys/{id}", { params: { path: { id } }, body }));
    else await call(backend.POST("/v1/publishable-keys", { body }));
    await renew(["publishable-keys"]);
    toast("The key was saved.");
    onClose();
  };
  return (
    <Dialog title={publishableKey ? "Change the publishable key" : "Create a publishable key"} onClose={onClose}>
      <Form submit={publishableKey ? "Save" : "Create the key"} onSubmit={save} onCancel={onClose}>
        <Input
          label="Name"
          value={displayName}
          onValue={setDisplayName}
          required
          maxLength={256}
          autoFocus
          autoComplete="off"
        />
        <Checkbox
          label="Cross-domain mode"
          hint="For apps on another domain than the sign-in pages, such as localhost: they get tokens instead of cookies."
          checked={crossDomainMode}
          onChecked={setCrossDomainMode}
        />
      </Form>
    </Dialog>
  );
}
