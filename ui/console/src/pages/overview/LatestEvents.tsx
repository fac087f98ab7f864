import { Card, describeEvent, Link, TimeAgo } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { Loaded } from "../../layout/Loaded";
import { queries } from "../../data/queries";
import { Lines } from "./Lines";

export function LatestEvents() {
  const { data: organizations = [] } = useQuery(queries.organizations());
  const events = useQuery(queries.latestEvents());
  const nameOf = (id: string) => organizations.find((organization) => organization.id === id)?.displayName;
  return (
    <Card title="Latest events" actions={<Link href="/audit-log">Audit log</Link>}>
      <Loaded query={events} skeleton={<Lines.Skeleton />}>
        {(events) => (
          <Lines
            empty="Nothing has happened yet."
            rows={events.map(({ id, eventName, eventTime, organizationId }) => ({
              id,
              title: describeEvent(eventName),
              hint: organizationId && nameOf(organizationId),
              end: <TimeAgo time={eventTime} />,
            }))}
          />
        )}
      </Loaded>
    </Card>
  );
}
