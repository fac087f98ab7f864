import {
  Empty,
  KeyPage,
  keySource,
  KeyTable,
  mayOf,
  NoPermission,
  Notice,
  Page,
  useApi,
  usePeople,
  useSession,
} from "@lockwork/kit";
import { getRouteApi } from "@tanstack/react-router";

const listRoute = getRouteApi("/organization/api-keys");
const keyRoute = getRouteApi("/organization/api-keys/$id");

function useKeySource() {
  return keySource(useApi(), useSession(), usePeople());
}

export function ApiKeysPage() {
  const session = useSession();
  const source = useKeySource();
  const filter = listRoute.useSearch();
  const navigate = listRoute.useNavigate();
  if (!mayOf(session).seesKeys) return <Closed />;
  return (
    <Page title="API keys" hint="Your own programs use them to call the API in the name of your organization.">
      {!session.organization.apiKeysEnabled && (
        <Notice tone="warn">API keys are switched off for this organization; none works now.</Notice>
      )}
      <KeyTable source={source} filter={filter} onFilter={(search) => void navigate({ search, replace: true })} />
    </Page>
  );
}

export function ApiKeyPage() {
  const { id } = keyRoute.useParams();
  const source = useKeySource();
  if (!mayOf(useSession()).seesKeys) return <Closed />;
  return <KeyPage key={id} source={source} id={id} back={{ href: "/organization/api-keys", label: "API keys" }} />;
}

function Closed() {
  const { project } = useSession();
  return (
    <Page title="API keys">
      {project.apiKeysEnabled ? (
        <NoPermission>Ask an owner of your organization for a role that shows API keys.</NoPermission>
      ) : (
        <Empty title="API keys are not in use here" icon="key" />
      )}
    </Page>
  );
}
