import { queryOptions } from "@tanstack/react-query";
import { backend, call } from "../../data/api";
import type { ApiKey } from "../../data/types";

const SOON_MILLISECONDS = 14 * 86_400_000;

/** How many there are, or that many and more. */
export type Count = { number: number; isLowerBound: boolean };

export type Figures = {
  organizations: Count;
  organizationsWithKeys: Count;
  activeKeys: Count;
  /** Whether one of them was used, as far as a first page tells. */
  used: boolean;
  expiringKeys: Count;
  /** Of those that expire within two weeks a hundred, the first ones first. */
  expiring: ApiKey[];
};

const counted = (answer: { totalCount?: number | null; totalCountIsLowerBound?: boolean }): Count => ({
  number: answer.totalCount ?? 0,
  isLowerBound: answer.totalCountIsLowerBound ?? false,
});

/** The keys, the first to expire first. */
export const soonest = (keys: readonly ApiKey[]): ApiKey[] =>
  keys.toSorted((one, other) => (one.expireTime ?? "").localeCompare(other.expireTime ?? ""));

export const figures = () =>
  queryOptions({
    queryKey: ["organizations", "figures"],
    queryFn: async (): Promise<Figures> => {
      const expiresBefore = new Date(Date.now() + SOON_MILLISECONDS).toISOString();
      const organizations = (query: { apiKeysEnabled?: boolean }) =>
        call(backend.GET("/v1/organizations", { params: { query: { ...query, count: true, pageSize: 1 } } }));
      const keys = (query: { expiresBefore?: string; pageSize: number }) =>
        call(backend.GET("/v1/api-keys", { params: { query: { ...query, state: "ACTIVE", count: true } } }));
      const [all, withKeys, active, expiring] = await Promise.all([
        organizations({}),
        organizations({ apiKeysEnabled: true }),
        keys({ pageSize: 20 }),
        keys({ expiresBefore, pageSize: 100 }),
      ]);
      return {
        organizations: counted(all),
        organizationsWithKeys: counted(withKeys),
        activeKeys: counted(active),
        used: active.apiKeys?.some(({ lastUsedTime }) => lastUsedTime) ?? false,
        expiringKeys: counted(expiring),
        expiring: soonest(expiring.apiKeys ?? []),
      };
    },
  });
