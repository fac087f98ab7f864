import { Failure, Skeleton } from "@lockwork/kit";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

type LoadedProps<T> = {
  query: UseQueryResult<T>;
  /** Stands there until then, in the size of what comes. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
};

/** What is read from the server, in each of its states. */
export function Loaded<T>({ query, skeleton = <Skeleton className="h-40 rounded-xl" />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error && !query.isFetching) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return skeleton;
}
