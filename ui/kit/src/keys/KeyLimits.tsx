import { useQuery } from "@tanstack/react-query";
import type { ApiKeyLimits } from "../api/types";
import { Card } from "../ui/Card";
import { classes } from "../ui/classes";
import { Skeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { TimeAgo } from "../ui/TimeAgo";
import { describeLimit, mostOf } from "./limits";
import type { KeySource } from "./source";

/** How often what is left is read again while somebody looks. */
const READ_EVERY_MILLISECONDS = 15_000;

const count = new Intl.NumberFormat("en");

/** What is left of everything that a use of the key counts against. */
export function KeyLimits({ source, id }: { source: KeySource; id: string }) {
  const limits = useQuery({
    queryKey: [...source.name, "limits", id],
    queryFn: () => source.limits(id),
    refetchInterval: READ_EVERY_MILLISECONDS,
  });
  return (
    <Card title="Limits" hint="What is left of its own, those of its plan and those of its organization.">
      {limits.data ? (
        <Left {...limits.data} />
      ) : limits.error ? (
        <Failure error={limits.error} retry={() => void limits.refetch()} />
      ) : (
        <Skeleton className="h-12" />
      )}
    </Card>
  );
}

function Left({ limits = [], credits = [] }: ApiKeyLimits) {
  if (!limits.length && !credits.length) return <p className="text-quiet">Nothing limits its use.</p>;
  return (
    <ul className="grid gap-5">
      {limits.map((limit) => (
        <Row key={limit.name} name={limit.name} hint={describeLimit(limit)}>
          <Meter name={limit.name} left={limit.remaining} most={mostOf(limit)} />
          <p className="text-sm text-quiet">
            {count.format(limit.remaining)} of {count.format(mostOf(limit))} left
            <Until verb="resets" time={limit.resetTime} />
          </p>
        </Row>
      ))}
      {credits.map(({ scope, remaining, resetTime }) => (
        <Row key={scope} name={scope === "API_KEY" ? "Credits" : "Credits of the organization"}>
          <p className="text-sm text-quiet">
            {count.format(remaining)} left
            <Until verb="filled up" time={resetTime} />
          </p>
        </Row>
      ))}
    </ul>
  );
}

function Row({ name, hint, children }: { name: string; hint?: string; children: React.ReactNode }) {
  return (
    <li className="grid gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium break-all">{name}</span>
        <span className="text-sm text-quiet">{hint}</span>
      </div>
      {children}
    </li>
  );
}

function Until({ verb, time }: { verb: string; time: string | null | undefined }) {
  if (!time) return null;
  return (
    <>
      {" "}
      · {verb} <TimeAgo time={time} />
    </>
  );
}

/** A drawing and no styled bar: the pages' policy knows no styles of elements. */
function Meter({ name, left, most }: { name: string; left: number; most: number }) {
  const part = most > 0 ? Math.min(left / most, 1) : 0;
  return (
    <svg
      role="meter"
      aria-label={`What is left of ${name}`}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={left}
      aria-valuetext={`${count.format(left)} of ${count.format(most)}`}
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      className="h-1.5 w-full rounded-full bg-raised"
    >
      <rect
        width={part * 100}
        height="1"
        className={classes(part > 0.25 ? "fill-good" : part > 0.05 ? "fill-warn" : "fill-bad")}
      />
    </svg>
  );
}
