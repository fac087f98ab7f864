import { Card, Link, Notice, Skeleton, Switch } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { GuardedSwitch } from "../../../layout/GuardedSwitch";
import { Loaded } from "../../../layout/Loaded";
import { METHODS } from "../../../data/methods";
import { queries } from "../../../data/queries";
import { useMayWrite } from "../../../data/staff";
import { updateOrganization, useOrganization } from "../context";
import { DomainsCard } from "./DomainsCard";

export function SignInTab() {
  const organization = useOrganization();
  const mayWrite = useMayWrite();
  const project = useQuery(queries.project());
  const domains = useQuery(queries.domains(organization.id));
  const hasSecond = organization.logInWithPasskey || organization.logInWithAuthenticatorApp;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Card title="Ways to sign in" hint="Which of the project's ways the organization's people may use.">
        <Loaded query={project} skeleton={<Skeleton className="h-48" />}>
          {(project) => (
            <>
              {METHODS.filter(({ field }) => project[field] || organization[field]).map(({ field, label, hint }) => (
                <Switch
                  key={field}
                  label={label}
                  hint={hint}
                  checked={organization[field]}
                  disabled={!mayWrite}
                  onChecked={(enabled) => updateOrganization(organization.id, { [field]: enabled })}
                />
              ))}
              {METHODS.some(({ field }) => !project[field]) && (
                <Notice>
                  The project has more that are off. Switch them on in the{" "}
                  <Link href="/settings/sign-in">settings</Link>.
                </Notice>
              )}
            </>
          )}
        </Loaded>
      </Card>
      <Card title="Security">
        <Switch
          label="Require a second factor"
          hint={
            hasSecond
              ? "Everybody sets up a passkey or an authenticator app."
              : "Allow passkeys or authenticator apps first."
          }
          checked={organization.requireMfa}
          disabled={!mayWrite || (!hasSecond && !organization.requireMfa)}
          onChecked={(required) => updateOrganization(organization.id, { requireMfa: required })}
        />
        <GuardedSwitch
          label="Nobody can sign in"
          hint="Keeps the organization's people out, and refreshes no session. Its API keys go on working."
          checked={organization.loginsDisabled}
          disabled={!mayWrite}
          save={(disabled) => updateOrganization(organization.id, { loginsDisabled: disabled })}
          ask={{
            to: true,
            title: `Keep the people of ${organization.displayName || "this organization"} out?`,
            confirm: "Keep them out",
            text: "They are signed out within minutes, and cannot sign in until you switch this off again.",
          }}
        />
      </Card>
      <Loaded query={domains} skeleton={<Skeleton className="h-48 rounded-xl" />}>
        {(domains) => <DomainsCard organizationId={organization.id} domains={domains} />}
      </Loaded>
    </div>
  );
}
