import { Card, Link, TimeAgo } from "@lockwork/kit";
import type { UseQueryResult } from "@tanstack/react-query";
import { Loaded } from "../../layout/Loaded";
import { OrganizationName } from "../../data/OrganizationName";
import type { Figures } from "./figures";
import { Lines } from "./Lines";

export function ExpiringKeys({ figures }: { figures: UseQueryResult<Figures> }) {
  return (
    <Card title="Keys about to expire">
      <Loaded query={figures} skeleton={<Lines.Skeleton />}>
        {({ expiring }) => (
          <Lines
            empty="No key expires within the next 14 days."
            rows={expiring.slice(0, 8).map(({ id, displayName, organizationId, expireTime }) => ({
              id,
              title: <Link href={`/api-keys/${id}`}>{displayName || "Untitled key"}</Link>,
              hint: <OrganizationName id={organizationId} />,
              end: <TimeAgo time={expireTime} />,
            }))}
          />
        )}
      </Loaded>
    </Card>
  );
}
