import { Link, Skeleton } from "@lockwork/kit";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Count, Figures } from "./figures";

const text = ({ number, isLowerBound }: Count) => number.toLocaleString("en") + (isLowerBound ? "+" : "");

export function FigureList({ figures: { data, isError } }: { figures: UseQueryResult<Figures> }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-4">
      <Figure name="Organizations" failed={isError}>
        {data && (
          <Link bare href="/organizations">
            {text(data.organizations)}
          </Link>
        )}
      </Figure>
      <Figure name="With API keys on" failed={isError}>
        {data && text(data.organizationsWithKeys)}
      </Figure>
      <Figure name="Active keys" failed={isError}>
        {data && (
          <Link bare href="/api-keys?state=ACTIVE">
            {text(data.activeKeys)}
          </Link>
        )}
      </Figure>
      <Figure name="Expiring soon" failed={isError}>
        {data && text(data.expiringKeys)}
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
