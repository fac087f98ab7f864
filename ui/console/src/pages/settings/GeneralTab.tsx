import { Card, Facts, Form, formatTime, Id, Input, toast } from "@lockwork/kit";
import { useState } from "react";
import { useMayWrite } from "../../data/staff";
import { updateProject, useProject } from "./context";
import { TimeZoneCard } from "./TimeZoneCard";

export function GeneralTab() {
  const project = useProject();
  const mayWrite = useMayWrite();
  return (
    <>
      {mayWrite && <NameCard />}
      <Card title="About">
        <Facts
          facts={[
            ["Name", !mayWrite && (project.displayName || "Untitled project")],
            ["ID", <Id key="id" id={project.id} label="Copy the project's ID" />],
            ["Created", formatTime(project.createTime)],
          ]}
        />
      </Card>
      <TimeZoneCard />
    </>
  );
}

function NameCard() {
  const { displayName: saved = "" } = useProject();
  const [displayName, setDisplayName] = useState(saved);
  const save = async () => {
    await updateProject({ displayName: displayName.trim() });
    toast("The name was saved.");
  };
  return (
    <Card title="Name" hint="People see it when they sign in, and in every mail.">
      <Form submit="Save" onSubmit={save} disabled={!displayName.trim() || displayName.trim() === saved}>
        <Input
          label="Name"
          hideLabel
          className="max-w-md"
          value={displayName}
          onValue={setDisplayName}
          maxLength={256}
          autoComplete="off"
        />
      </Form>
    </Card>
  );
}
