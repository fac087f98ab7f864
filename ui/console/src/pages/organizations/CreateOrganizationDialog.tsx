import { Checkbox, Dialog, Form, Input, toast, useGo } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import { queries } from "../../data/queries";
import { METHODS, type Method } from "../../data/methods";

/** Makes an organization, with the ways to sign in that the project has; its API keys can be switched on at once. */
export function CreateOrganizationDialog({ onClose }: { onClose: () => void }) {
  const go = useGo();
  const { data: project } = useQuery(queries.project());
  const [displayName, setDisplayName] = useState("");
  const [withKeys, setWithKeys] = useState(true);
  const create = async () => {
    const methods: Partial<Record<Method, boolean>> = {};
    for (const { field } of METHODS) if (project?.[field]) methods[field] = true;
    const { organization } = await call(backend.POST("/v1/organizations", { body: { displayName, ...methods } }));
    const { id } = organization;
    if (withKeys && project?.apiKeysEnabled) {
      await call(backend.PATCH("/v1/organizations/{id}", { params: { path: { id } }, body: { apiKeysEnabled: true } }));
    }
    await renew(["organizations"]);
    toast("The organization was created.");
    go(`/organizations/${id}`);
  };
  return (
    <Dialog
      title="Create an organization"
      hint="It begins with every way to sign in that your project has."
      onClose={onClose}
    >
      <Form
        submit="Create the organization"
        onSubmit={create}
        onCancel={onClose}
        disabled={!displayName.trim() || !project}
      >
        <Input label="Name" value={displayName} onValue={setDisplayName} maxLength={200} autoFocus autoComplete="off" />
        {project?.apiKeysEnabled && (
          <Checkbox label="Let it have API keys" checked={withKeys} onChecked={setWithKeys} />
        )}
      </Form>
    </Dialog>
  );
}
