import {
  Card,
  Facts,
  Form,
  formatSeconds,
  formatTime,
  Id,
  Input,
  Page,
  Switch,
  toast,
  useApi,
  useSession,
} from "@lockwork/kit";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

export function OrganizationPage() {
  const api = useApi();
  const queries = useQueryClient();
  const { user, organization, project } = useSession();
  const [displayName, setDisplayName] = useState(organization.displayName ?? "");
  const rename = async () => {
    await api.frontend.PATCH("/api/frontend/v1/organization", { body: { displayName: displayName.trim() } });
    await queries.invalidateQueries({ queryKey: ["session"] });
    toast("The organization has a new name");
  };
  const setPersonal = async (personalApiKeysEnabled: boolean) => {
    await api.frontend.PATCH("/api/frontend/v1/organization", { body: { personalApiKeysEnabled } });
    await queries.invalidateQueries({ queryKey: ["session"] });
  };
  const longest = organization.maxApiKeyLifetimeSeconds ?? project.maxApiKeyLifetimeSeconds;
  return (
    <Page title="Organization">
      {user.owner && (
        <Card title="Name">
          <Form submit="Save" onSubmit={rename} disabled={displayName.trim() === (organization.displayName ?? "")}>
            <Input
              label="Name of the organization"
              hideLabel
              className="max-w-md"
              required
              maxLength={256}
              value={displayName}
              onValue={setDisplayName}
            />
          </Form>
        </Card>
      )}
      <Card title="Details">
        <Facts
          facts={[
            ["Name", !user.owner && organization.displayName],
            ["ID", <Id key="id" id={organization.id} label="Copy the organization's ID" />],
            ["Created", formatTime(organization.createTime)],
            ["API keys", organization.apiKeysEnabled && project.apiKeysEnabled ? "On" : "Off"],
            ["Personal API keys", !user.owner && (organization.personalApiKeysEnabled ? "On" : "Off")],
            ["Longest life of an API key", longest ? formatSeconds(longest) : undefined],
          ]}
        />
      </Card>
      {user.owner && (
        <Card title="Personal API keys">
          <Switch
            label="Everybody may have API keys of their own"
            hint="Such a key may do no more than its maker. Owners see and manage all keys."
            checked={organization.personalApiKeysEnabled}
            onChecked={setPersonal}
          />
        </Card>
      )}
    </Page>
  );
}
