import { Card, Notice } from "@lockwork/kit";
import { useMayWrite } from "../../data/staff";
import { GuardedSwitch } from "../../layout/GuardedSwitch";
import { LifetimeField } from "../../keys/LifetimeField";
import { updateProject, useProject } from "./context";
import { PrefixCard } from "./PrefixCard";

export function ApiKeysTab() {
  const { apiKeysEnabled, apiKeySecretTokenPrefix, maxApiKeyLifetimeSeconds } = useProject();
  const mayWrite = useMayWrite();
  return (
    <>
      <PrefixCard />
      <Card title="API keys">
        {!apiKeySecretTokenPrefix && <Notice>Choose a prefix before you switch API keys on.</Notice>}
        <GuardedSwitch
          label="API keys"
          hint="While this is off, every key of every organization is refused."
          checked={apiKeysEnabled}
          disabled={!mayWrite || !apiKeySecretTokenPrefix}
          save={(enabled) => updateProject({ apiKeysEnabled: enabled })}
          ask={{
            to: false,
            title: "Switch off all API keys?",
            confirm: "Switch off",
            text: "Every key of every customer is refused from this moment on, until you switch them on again.",
          }}
        />
        <LifetimeField
          hint="How long any key may live at most, from when its secret was made."
          seconds={maxApiKeyLifetimeSeconds}
          disabled={!mayWrite}
          save={(seconds) => updateProject({ maxApiKeyLifetimeSeconds: seconds })}
        />
      </Card>
    </>
  );
}
