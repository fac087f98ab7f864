import { keepPreviousData, type QueryKey, useQuery } from "@tanstack/react-query";
import { useState } from "react";

export interface Rows<T> {
  rows: readonly T[];
  nextPageToken?: string;
}

/** Rows of which a page is there at a time. */
export interface Paged<T> {
  rows: readonly T[] | undefined;
  error: Error | null;
  /** Whether another page is on its way while this one is still shown. */
  busy: boolean;
  retry: () => void;
  page: { index: number; next?: () => void; previous?: () => void };
}

/** Reads a list page by page. It begins anew when `key` changes. */
export function usePaged<T>(key: QueryKey, load: (pageToken: string | undefined) => Promise<Rows<T>>): Paged<T> {
  const name = JSON.stringify(key);
  const [way, setWay] = useState<{ name: string; tokens: string[] }>({ name, tokens: [] });
  const tokens = way.name === name ? way.tokens : [];
  const token = tokens.at(-1);
  const { data, error, isPlaceholderData, isFetching, refetch } = useQuery({
    queryKey: [...key, { pageToken: token }],
    queryFn: () => load(token),
    placeholderData: keepPreviousData,
  });
  const next = data?.nextPageToken;
  return {
    rows: error && !isFetching ? undefined : data?.rows,
    error: isFetching ? null : error,
    busy: isPlaceholderData,
    retry: () => void refetch(),
    page: {
      index: tokens.length,
      next: next && !isPlaceholderData ? () => setWay({ name, tokens: [...tokens, next] }) : undefined,
      previous: tokens.length ? () => setWay({ name, tokens: tokens.slice(0, -1) }) : undefined,
    },
  };
}

/** Every row of a list, for lists that are short. */
export async function everyPage<T>(load: (pageToken: string | undefined) => Promise<Rows<T>>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { rows, nextPageToken } = await load(token);
    all.push(...rows);
    token = nextPageToken;
  } while (token);
  return all;
}
