import { Dialog, Form, Input, SecretOnce, Select } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import { SCOPES, type Scope } from "./scopes";

/** Makes a Backend API key, then shows its secret. */
export function CreateBackendKeyDialog({ onClose }: { onClose: () => void }) {
  const [displayName, setDisplayName] = useState("");
  const [scope, setScope] = useState<Scope>("verify");
  const [secret, setSecret] = useState<string>();
  const create = async () => {
    const body = { displayName: displayName.trim(), scope };
    const { backendApiKey } = await call(backend.POST("/v1/backend-api-keys", { body }));
    setSecret(backendApiKey.secretToken);
    void renew(["backend-api-keys"]);
  };
  if (secret) return <SecretOnce title="Your new Backend API key" secret={secret} onClose={onClose} />;
  return (
    <Dialog title="Create a Backend API key" onClose={onClose}>
      <Form submit="Create the key" onSubmit={create} onCancel={onClose}>
        <Input
          label="Name"
          hint="Where it is used."
          value={displayName}
          onValue={setDisplayName}
          required
          maxLength={256}
          autoFocus
          autoComplete="off"
        />
        <Select label="May" hint="Cannot be changed later." options={SCOPES} value={scope} onValue={setScope} />
      </Form>
    </Dialog>
  );
}
