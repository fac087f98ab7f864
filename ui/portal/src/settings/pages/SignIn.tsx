import {
  Card,
  data,
  Failure,
  type FrontendSchema,
  Notice,
  Page,
  Skeleton,
  Switch,
  useApi,
  useSession,
} from "@lockwork/kit";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { TextList } from "./TextList";

type Method = Extract<
  keyof FrontendSchema["Organization"] & keyof FrontendSchema["UpdateOrganization"],
  `logInWith${string}`
>;

const FIRST: readonly [Method, string, string][] = [
  ["logInWithEmail", "E-mail", "A link and a code by mail."],
  ["logInWithPassword", "Password", "Asked for beside the other ways."],
  ["logInWithGoogle", "Google", "With a Google account."],
  ["logInWithMicrosoft", "Microsoft", "With a Microsoft account."],
  ["logInWithGithub", "GitHub", "With a GitHub account."],
];
const SECOND: readonly [Method, string, string][] = [
  ["logInWithAuthenticatorApp", "Authenticator app", "Codes that change every 30 seconds."],
  ["logInWithPasskey", "Passkey", "The device, or a security key."],
];

/** How the organization's people sign in. */
export function SignInPage() {
  const api = useApi();
  const queries = useQueryClient();
  const { user, organization, project } = useSession();
  const change = async (body: FrontendSchema["UpdateOrganization"]) => {
    await api.frontend.PATCH("/api/frontend/v1/organization", { body });
    await queries.invalidateQueries({ queryKey: ["session"] });
  };
  const methods = (all: readonly [Method, string, string][]) =>
    all
      .filter(([method]) => project[method])
      .map(([method, label, hint]) => (
        <Switch
          key={method}
          label={label}
          hint={hint}
          checked={organization[method]}
          disabled={!user.owner}
          onChecked={(on) => change({ [method]: on })}
        />
      ));
  const second = methods(SECOND);
  return (
    <Page title="Sign-in methods" hint="How the people of your organization sign in.">
      {!user.owner && <Notice>Owners of your organization change this.</Notice>}
      <Card title="Ways to sign in">{methods(FIRST)}</Card>
      {second.length > 0 && (
        <Card title="Second factors">
          {second}
          <hr className="border-line" />
          <Switch
            label="Everybody needs a second factor"
            hint="Who has none sets one up when they next sign in."
            checked={organization.requireMfa}
            disabled={!user.owner || !(organization.logInWithAuthenticatorApp || organization.logInWithPasskey)}
            onChecked={(requireMfa) => change({ requireMfa })}
          />
        </Card>
      )}
      {project.logInWithGoogle && organization.logInWithGoogle && <GoogleDomains mayChange={user.owner} />}
      {project.logInWithMicrosoft && organization.logInWithMicrosoft && <MicrosoftTenants mayChange={user.owner} />}
    </Page>
  );
}

function GoogleDomains({ mayChange }: { mayChange: boolean }) {
  const { frontend } = useApi();
  const domains = useQuery({
    queryKey: ["google-hosted-domains"],
    queryFn: async () =>
      (await data(frontend.GET("/api/frontend/v1/google-hosted-domains"))).organizationGoogleHostedDomains
        .googleHostedDomains ?? [],
  });
  const save = async (googleHostedDomains: string[]) => {
    await frontend.PATCH("/api/frontend/v1/google-hosted-domains", { body: { googleHostedDomains } });
    await domains.refetch();
  };
  return (
    <Card title="Google Workspace" hint="Everybody with an account of these domains may join.">
      <Loaded query={domains}>
        {(texts) => (
          <TextList label="Domains" placeholder="example.com" texts={texts} mayChange={mayChange} save={save} />
        )}
      </Loaded>
    </Card>
  );
}

function MicrosoftTenants({ mayChange }: { mayChange: boolean }) {
  const { frontend } = useApi();
  const tenants = useQuery({
    queryKey: ["microsoft-tenant-ids"],
    queryFn: async () =>
      (await data(frontend.GET("/api/frontend/v1/microsoft-tenant-ids"))).organizationMicrosoftTenantIds
        .microsoftTenantIds ?? [],
  });
  const save = async (microsoftTenantIds: string[]) => {
    await frontend.PATCH("/api/frontend/v1/microsoft-tenant-ids", { body: { microsoftTenantIds } });
    await tenants.refetch();
  };
  return (
    <Card title="Microsoft Entra" hint="Everybody with an account of these tenants may join.">
      <Loaded query={tenants}>
        {(texts) => (
          <TextList
            label="Tenant IDs"
            placeholder="00000000-0000-0000-0000-000000000000"
            texts={texts}
            mayChange={mayChange}
            save={save}
          />
        )}
      </Loaded>
    </Card>
  );
}

interface LoadedProps {
  query: { data: string[] | undefined; error: Error | null; refetch: () => Promise<unknown> };
  children: (texts: string[]) => React.ReactNode;
}

function Loaded({ query, children }: LoadedProps) {
  if (query.data) return children(query.data);
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton className="h-24" />;
}
