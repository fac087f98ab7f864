import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { keySource } from "../account/keys";
import { mayOf, readSession, type Session, signIn } from "../account/session";
import { usePeople } from "../account/usePeople";
import { useApi } from "../context";
import { KeyPage } from "../keys/KeyPage";
import { KeyTable } from "../keys/KeyTable";
import type { KeyFilter } from "../keys/source";
import { SessionDialog } from "../session/SessionDialog";
import { EmbedContext } from "../ui/embed";
import { NavigationContext } from "../ui/Link";
import { Skeleton } from "../ui/Skeleton";
import { Failure, NoPermission } from "../ui/states";
import { Toaster } from "../ui/Toaster";

/** The API keys of the organization: a list, and each one's page, which has its id in the address's fragment. */
export function ApiKeys() {
  const api = useApi();
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const embed = useMemo(() => ({ container }), [container]);
  const session = useQuery({ queryKey: ["session"], queryFn: async () => (await readSession(api)) ?? signIn(api) });
  return (
    <div className="lockwork">
      <EmbedContext value={embed}>
        {session.data ? (
          <Keys session={session.data} />
        ) : session.error ? (
          <Failure error={session.error} retry={() => void session.refetch()} />
        ) : (
          <Skeleton className="h-80" />
        )}
      </EmbedContext>
      <div ref={setContainer} />
      <Toaster />
    </div>
  );
}

const ADDRESS = "#api-key=";
const keyInAddress = () => (location.hash.startsWith(ADDRESS) ? location.hash.slice(ADDRESS.length) : undefined);

function Keys({ session }: { session: Session }) {
  const source = keySource(useApi(), session, usePeople(), (id) => ADDRESS + id);
  const [filter, setFilter] = useState<KeyFilter>({});
  const [id, setId] = useState(keyInAddress);
  if (!mayOf(session).seesKeys) return <NoPermission />;
  const go = (href: string) => {
    history.replaceState(history.state, "", href === "#" ? location.pathname + location.search : href);
    setId(keyInAddress());
  };
  return (
    <NavigationContext value={go}>
      {id ? (
        <KeyPage key={id} source={source} id={id} back={{ href: "#", label: "API keys" }} />
      ) : (
        <KeyTable source={source} filter={filter} onFilter={setFilter} />
      )}
      <SessionDialog userId={session.user.id} />
    </NavigationContext>
  );
}
