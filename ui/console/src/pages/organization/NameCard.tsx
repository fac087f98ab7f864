import { Card, Form, Input, toast } from "@lockwork/kit";
import { useState } from "react";
import type { Organization } from "../../data/types";
import { updateOrganization } from "./context";

export function NameCard({ organization }: { organization: Organization }) {
  const { id, displayName: saved = "" } = organization;
  const [displayName, setDisplayName] = useState(saved);
  const save = async () => {
    await updateOrganization(id, { displayName });
    toast("The name was saved.");
  };
  return (
    <Card title="Name">
      <Form submit="Save" onSubmit={save} disabled={!displayName.trim() || displayName === saved}>
        <Input
          label="Name"
          hideLabel
          className="max-w-md"
          value={displayName}
          onValue={setDisplayName}
          maxLength={200}
          autoComplete="off"
        />
      </Form>
    </Card>
  );
}
