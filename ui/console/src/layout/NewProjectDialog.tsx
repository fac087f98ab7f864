import { Dialog, Form, Input } from "@lockwork/kit";
import { useState } from "react";
import { backend, call } from "../data/api";
import { wrongPrefix } from "../pages/settings/prefix";

/** Makes another project, and goes there. */
export function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const [displayName, setDisplayName] = useState("");
  const [prefix, setPrefix] = useState("");
  const wrong = wrongPrefix(prefix);
  const create = async () => {
    const body = { displayName: displayName.trim(), apiKeySecretTokenPrefix: prefix };
    const { consoleOrganizationId } = await call(backend.POST("/v1/projects", { body }));
    window.location.assign(`/switch-organizations/${consoleOrganizationId}`);
  };
  return (
    <Dialog
      title="Create a project"
      hint="It shares nothing with this one: such as another product, or one for staging. You sign in to it with the same password."
      onClose={onClose}
    >
      <Form
        submit="Create"
        onSubmit={create}
        onCancel={onClose}
        disabled={!displayName.trim() || !prefix || wrong !== undefined}
      >
        <Input label="Name" value={displayName} onValue={setDisplayName} maxLength={200} autoFocus autoComplete="off" />
        <Input
          label="Prefix of its API keys"
          hint="What every key begins with. It can be changed later."
          {...(wrong && { error: wrong })}
          mono
          value={prefix}
          onValue={setPrefix}
          placeholder="acme_test_"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      </Form>
    </Dialog>
  );
}
