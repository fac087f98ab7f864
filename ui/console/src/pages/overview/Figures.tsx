import { Link, Skeleton } from "@lockwork/kit";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Organization } from "../../data/types";
import type { KeyFigures } from "./keyFigures";

type FiguresProps = {
  organizations: UseQueryResult<{ organizations: Organization[]; complete: boolean }>;
  figures: UseQueryResult<KeyFigures>;
};

const count = (number: number, complete: boolean) => number.toLocaleString("en") + (complete ? "" : "+");

export function Figures({ organizations, figures }: FiguresProps) {
  const failed = organizations.isError || figures.isError;
  const known = organizations.data;
  const keys = figures.data && known && { ...figures.data, complete: figures.data.complete && known.complete };
  const withKeys = known?.organizations.filter(({ apiKeysEnabled }) => apiKeysEnabled).length ?? 0;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-4">
      <Figure name="Organizations" failed={organizations.isError}>
        {known && (
          <Link bare href="/organizations">
            {count(known.organizations.length, known.complete)}
          </Link>
        )}
      </Figure>
      <Figure name="With API keys on" failed={organizations.isError}>
        {known && count(withKeys, known.complete)}
      </Figure>
      <Figure name="Active keys" failed={failed}>
        {keys && count(keys.active, keys.complete)}
      </Figure>
      <Figure name="Expiring soon" failed={failed}>
        {keys && count(keys.expiring.length, keys.complete)}
      </Figure>
    </dl>
  );
}

function Figure({ name, failed, children }: { name: string; failed: boolean; children: ReactNode }) {
  return (
    <div className="grid content-start gap-1 bg-card p-5">
      <dt className="text-sm text-quiet">{name}</dt>
      <dd className="text-2xl leading-8 font-semibold tracking-tight tabular-nums">
        {children ??
          (failed ? (
            <span className="text-base font-normal text-quiet">Not known</span>
          ) : (
            <Skeleton className="h-8 w-12" />
          ))}
      </dd>
    </div>
  );
}
