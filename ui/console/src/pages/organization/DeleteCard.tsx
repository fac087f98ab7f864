import { Button, Card, ConfirmDialog, toast, useGo } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import type { Organization } from "../../data/types";

export function DeleteCard({ organization: { id, displayName } }: { organization: Organization }) {
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    await call(backend.DELETE("/v1/organizations/{id}", { params: { path: { id } } }));
    toast("The organization was deleted.");
    go("/organizations");
    await renew(["organizations"]);
  };
  return (
    <Card
      title="Delete the organization"
      hint="Its people, keys and roles go with it, and its keys stop working at once. The audit log stays."
      actions={
        <Button kind="danger" onClick={() => setAsking(true)}>
          Delete
        </Button>
      }
    >
      {asking && (
        <ConfirmDialog
          title={`Delete ${displayName || "this organization"}?`}
          confirm="Delete the organization"
          typed={displayName || id}
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          Its people can no longer sign in and its API keys are refused from this moment on. This cannot be taken back.
        </ConfirmDialog>
      )}
    </Card>
  );
}
