import { Card, Form, Select, toast } from "@lockwork/kit";
import { useState } from "react";
import { useMayWrite } from "../../data/staff";
import { updateProject, useProject } from "./context";

export function TimeZoneCard() {
  const { timeZone: saved } = useProject();
  const mayWrite = useMayWrite();
  const [timeZone, setTimeZone] = useState(saved);
  const names = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), saved])];
  const save = async () => {
    await updateProject({ timeZone });
    toast("The time zone was saved.");
  };
  return (
    <Card title="Time zone" hint="Whose hours, days and months quotas and refills of credits follow.">
      {mayWrite ? (
        <Form submit="Save" onSubmit={save} disabled={timeZone === saved}>
          <Select
            label="Time zone"
            hideLabel
            className="max-w-md"
            options={names.map((name) => ({ value: name, label: name.replaceAll("_", " ") }))}
            value={timeZone}
            onValue={setTimeZone}
          />
        </Form>
      ) : (
        <p>{saved.replaceAll("_", " ")}</p>
      )}
    </Card>
  );
}
