import { Card, Link, Switch } from "@lockwork/kit";
import { useMayWrite } from "../../data/staff";
import { Roles } from "../../roles/Roles";
import { updateOrganization, useOrganization } from "./context";

export function RolesTab() {
  const { id, customRolesEnabled } = useOrganization();
  const mayWrite = useMayWrite();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Card>
        <Switch
          label="Custom roles"
          hint="The organization's owners may make roles of their own."
          checked={customRolesEnabled}
          disabled={!mayWrite}
          onChecked={(enabled) => updateOrganization(id, { customRolesEnabled: enabled })}
        />
      </Card>
      <Roles organizationId={id} hint="Create one that only this organization has." />
      <p className="text-sm text-quiet">
        It also has the <Link href="/access">roles of the whole project</Link>.
      </p>
    </div>
  );
}
