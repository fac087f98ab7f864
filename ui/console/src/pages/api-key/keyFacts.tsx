import { Link } from "@lockwork/kit";
import type { ReactNode } from "react";
import type { ApiKey, Organization } from "../../data/types";

/** What the developer knows of a key beside what everybody does. */
export function keyFacts(key: ApiKey, organization: Organization): (readonly [string, ReactNode])[] {
  const metadata = key.metadata && Object.keys(key.metadata).length > 0 && JSON.stringify(key.metadata, null, 2);
  return [
    [
      "Organization",
      <Link key="organization" href={`/organizations/${organization.id}`}>
        {organization.displayName || organization.id}
      </Link>,
    ],
    ["Your id", key.externalId && <code className="font-mono text-sm break-all">{key.externalId}</code>],
    ["Metadata", metadata && <pre className="overflow-x-auto font-mono text-sm">{metadata}</pre>],
  ];
}
