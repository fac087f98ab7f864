import { Card, Form, Input, toast } from "@lockwork/kit";
import { useState } from "react";
import { useMayWrite } from "../../data/staff";
import { updateProject, useProject } from "./context";
import { EXAMPLE_BODY, wrongPrefix } from "./prefix";

/** What each key begins with, and what one will look like. */
export function PrefixCard() {
  const { apiKeySecretTokenPrefix: saved = "" } = useProject();
  const mayWrite = useMayWrite();
  const [prefix, setPrefix] = useState(saved);
  const wrong = prefix ? wrongPrefix(prefix) : undefined;
  const save = async () => {
    await updateProject({ apiKeySecretTokenPrefix: prefix });
    toast("The prefix was saved. Keys made before keep working.");
  };
  const preview = (
    <div className="grid gap-1.5">
      <p className="font-medium">A key will look like this</p>
      <p
        className="rounded-lg border border-line bg-ground p-3.5 font-mono text-sm break-all"
        data-testid="key-preview"
      >
        <span className="font-semibold text-accent">{prefix}</span>
        <span className="text-quiet">{EXAMPLE_BODY}</span>
      </p>
    </div>
  );
  return (
    <Card
      title="Prefix"
      hint="What every new key begins with. Name your product in it, and end it with a _ so that it stands apart."
    >
      {mayWrite ? (
        <Form submit="Save" onSubmit={save} disabled={!prefix || prefix === saved || wrong !== undefined}>
          <Input
            label="Prefix"
            hideLabel
            className="max-w-md"
            mono
            value={prefix}
            onValue={setPrefix}
            error={wrong}
            placeholder="acme_sk_"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          {preview}
        </Form>
      ) : (
        preview
      )}
    </Card>
  );
}
