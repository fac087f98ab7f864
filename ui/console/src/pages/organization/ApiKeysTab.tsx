import { Card, KeyTable, Link, Notice, Switch } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { LifetimeField } from "../../keys/LifetimeField";
import { GuardedSwitch } from "../../layout/GuardedSwitch";
import { queries } from "../../data/queries";
import { useMayWrite } from "../../data/staff";
import { useKeySource } from "../../keys/useKeySource";
import { updateOrganization, useOrganization } from "./context";

const route = getRouteApi("/organizations/$organizationId/api-keys");

export function ApiKeysTab() {
  const organization = useOrganization();
  const { id, apiKeysEnabled, personalApiKeysEnabled, maxApiKeyLifetimeSeconds } = organization;
  const mayWrite = useMayWrite();
  const { data: project } = useQuery(queries.project());
  const source = useKeySource(organization);
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const off = project?.apiKeysEnabled === false;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      {off && (
        <Notice tone="warn">
          API keys are off in the whole project. Switch them on in the <Link href="/settings/api-keys">settings</Link>.
        </Notice>
      )}
      <Card>
        <GuardedSwitch
          label="API keys"
          hint="While this is off, every key of the organization is refused."
          checked={apiKeysEnabled}
          disabled={!mayWrite || off}
          save={(enabled) => updateOrganization(id, { apiKeysEnabled: enabled })}
          ask={{
            to: false,
            title: `Switch off the API keys of ${organization.displayName || "this organization"}?`,
            confirm: "Switch off",
            text: "Each of its keys is refused from this moment on, until you switch them on again.",
          }}
        />
        <Switch
          label="Personal keys"
          hint="Members who are not owners may have keys of their own."
          checked={personalApiKeysEnabled}
          disabled={!mayWrite}
          onChecked={(enabled) => updateOrganization(id, { personalApiKeysEnabled: enabled })}
        />
        <LifetimeField
          hint="How long a key of this organization may live at most."
          seconds={maxApiKeyLifetimeSeconds}
          disabled={!mayWrite}
          save={(seconds) => updateOrganization(id, { maxApiKeyLifetimeSeconds: seconds })}
        />
      </Card>
      <KeyTable
        source={{ ...source, mayCreate: source.mayCreate && apiKeysEnabled }}
        filter={filter}
        onFilter={(next) => void navigate({ search: next, replace: true })}
      />
    </div>
  );
}
