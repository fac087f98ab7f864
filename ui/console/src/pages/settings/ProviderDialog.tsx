import { CodeBlock, Dialog, Form, Input, toast } from "@lockwork/kit";
import { useState } from "react";
import { updateProject, useProject } from "./context";
import type { Provider } from "./providers";

/** Sets the project's own client at a provider. Its secret is written and never read. */
export function ProviderDialog({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const project = useProject();
  const saved = project[provider.id] ?? "";
  const [clientId, setClientId] = useState(saved);
  const [secret, setSecret] = useState("");
  const save = async () => {
    await updateProject({ [provider.id]: clientId.trim(), ...(secret && { [provider.secret]: secret }) });
    toast(`The client at ${provider.name} was saved.`);
    onClose();
  };
  const callback = `${window.location.protocol}//${project.vaultDomain}${provider.path}`;
  const needsSecret = clientId.trim() !== saved;
  return (
    <Dialog wide title={`Your client at ${provider.name}`} onClose={onClose}>
      <Form submit="Save" onSubmit={save} onCancel={onClose} disabled={!clientId.trim() || (needsSecret && !secret)}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
          <p className="font-medium">Register this address to come back to</p>
          <CodeBlock label="Address to come back to" text={callback} />
        </div>
        <Input
          label="Client ID"
          value={clientId}
          onValue={setClientId}
          mono
          autoFocus
          autoComplete="off"
          spellCheck={false}
        />
        <Input
          label="Client secret"
          hint={
            saved && !needsSecret
              ? "Kept sealed and never shown. Leave it empty to keep the one there is."
              : "Kept sealed and never shown."
          }
          type="password"
          value={secret}
          onValue={setSecret}
          autoComplete="off"
        />
      </Form>
    </Dialog>
  );
}
