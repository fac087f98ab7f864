import { Card, Failure, Link, TimeAgo } from "@lockwork/kit";
import type { UseQueryResult } from "@tanstack/react-query";
import { Loaded } from "../../layout/Loaded";
import type { Organization } from "../../data/types";
import type { KeyFigures } from "./keyFigures";
import { Lines } from "./Lines";

type ExpiringKeysProps = {
  organizations?: Organization[];
  figures: UseQueryResult<KeyFigures>;
  failure: Error | null;
};

export function ExpiringKeys({ organizations = [], figures, failure }: ExpiringKeysProps) {
  const nameOf = (id: string) => organizations.find((organization) => organization.id === id)?.displayName;
  return (
    <Card title="Keys about to expire">
      {failure ? (
        <Failure error={failure} />
      ) : (
        <Loaded query={figures} skeleton={<Lines.Skeleton />}>
          {({ expiring }) => (
            <Lines
              empty="No key expires within the next 14 days."
              rows={expiring.slice(0, 8).map(({ id, displayName, organizationId, expireTime }) => ({
                id,
                title: <Link href={`/api-keys/${id}`}>{displayName || "Untitled key"}</Link>,
                hint: nameOf(organizationId),
                end: <TimeAgo time={expireTime} />,
              }))}
            />
          )}
        </Loaded>
      )}
    </Card>
  );
}
