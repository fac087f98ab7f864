import { Card, Switch } from "@lockwork/kit";
import { GuardedSwitch } from "../../layout/GuardedSwitch";
import { METHODS } from "../../data/methods";
import { useMayWrite } from "../../data/staff";
import { updateProject, useProject } from "./context";
import { ProviderClient } from "./ProviderClient";
import { PROVIDERS } from "./providers";

const SELF_SERVE = [
  {
    field: "selfServeCreateUsers",
    label: "Joining",
    hint: "Whoever may see an organization joins it by signing in, and owners may invite.",
  },
  {
    field: "selfServeCreateOrganizations",
    label: "Making organizations",
    hint: "Whoever signs in may make an organization and owns it.",
  },
  {
    field: "autoCreateOrganizations",
    label: "An organization at once",
    hint: "Whoever signs in and sees no organization gets one without being asked.",
  },
  {
    field: "auditLogsEnabled",
    label: "Audit log",
    hint: "Owners see their organization's audit log. It is written either way.",
  },
] as const;

export function SignInTab() {
  const project = useProject();
  const mayWrite = useMayWrite();
  return (
    <>
      <Card
        title="Ways to sign in"
        hint="Those of the project. Each organization chooses among them; what goes off here goes off in all of them."
      >
        {METHODS.map(({ field, label, hint }) => (
          <GuardedSwitch
            key={field}
            label={label}
            hint={hint}
            checked={project[field]}
            disabled={!mayWrite}
            save={(enabled) => updateProject({ [field]: enabled })}
            ask={{
              to: false,
              title: `Switch off ${label}?`,
              confirm: "Switch off",
              text: "It goes off in every organization at once, and stays off there when you switch it on here again.",
            }}
          />
        ))}
      </Card>
      <Card
        title="Your own OAuth clients"
        hint="Without one, people sign in through the server's client, if it has one, and see its name."
      >
        <div className="divide-y divide-line">
          {PROVIDERS.map((provider) => (
            <ProviderClient key={provider.name} provider={provider} />
          ))}
        </div>
      </Card>
      <Card title="What people may do themselves">
        {SELF_SERVE.map(({ field, label, hint }) => (
          <Switch
            key={field}
            label={label}
            hint={hint}
            checked={project[field]}
            disabled={!mayWrite}
            onChecked={(enabled) => updateProject({ [field]: enabled })}
          />
        ))}
      </Card>
      <Card title="Closing">
        <GuardedSwitch
          label="Nobody can sign in"
          hint="Keeps everybody of every organization out, and refreshes no session. API keys go on working."
          checked={project.loginsDisabled}
          disabled={!mayWrite}
          save={(disabled) => updateProject({ loginsDisabled: disabled })}
          ask={{
            to: true,
            title: "Keep everybody out?",
            confirm: "Keep everybody out",
            text: "People of every customer are signed out within minutes, and nobody can sign in until you switch this off again.",
          }}
        />
      </Card>
    </>
  );
}
