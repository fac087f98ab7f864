import { queryOptions } from "@tanstack/react-query";
import { backend, call } from "../../data/api";
import type { ApiKey, Organization } from "../../data/types";

/** Keys are listed by organization, so their number is a sum over organizations: of so many at most. */
const ORGANIZATIONS = 50;
const AT_ONCE = 6;
const SOON_MILLISECONDS = 14 * 86_400_000;

export type KeyFigures = {
  active: number;
  used: boolean;
  /** Those that expire within two weeks, the first ones first. */
  expiring: ApiKey[];
  /** Whether every organization was asked about. */
  complete: boolean;
};

async function figuresOf(organizationId: string, soon: string): Promise<Omit<KeyFigures, "complete">> {
  const query = { organizationId, state: "ACTIVE" };
  const [active, expiring] = await Promise.all([
    call(backend.GET("/v1/api-keys", { params: { query: { ...query, count: true, pageSize: 20 } } })),
    call(backend.GET("/v1/api-keys", { params: { query: { ...query, expiresBefore: soon, pageSize: 20 } } })),
  ]);
  const keys = active.apiKeys ?? [];
  return {
    active: active.totalCount ?? keys.length,
    used: keys.some((key) => key.lastUsedTime),
    expiring: expiring.apiKeys ?? [],
  };
}

/** The figures of several organizations as one. */
export function sum(figures: Omit<KeyFigures, "complete">[], complete: boolean): KeyFigures {
  return {
    active: figures.reduce((total, { active }) => total + active, 0),
    used: figures.some(({ used }) => used),
    expiring: figures
      .flatMap(({ expiring }) => expiring)
      .sort((one, other) => (one.expireTime ?? "").localeCompare(other.expireTime ?? "")),
    complete,
  };
}

export const keyFigures = (organizations: Organization[]) => {
  const asked = organizations.filter((organization) => organization.apiKeysEnabled);
  const ids = asked.slice(0, ORGANIZATIONS).map((organization) => organization.id);
  return queryOptions({
    queryKey: ["key-figures", ids],
    queryFn: async () => {
      const soon = new Date(Date.now() + SOON_MILLISECONDS).toISOString();
      const figures: Omit<KeyFigures, "complete">[] = [];
      for (let start = 0; start < ids.length; start += AT_ONCE) {
        figures.push(...(await Promise.all(ids.slice(start, start + AT_ONCE).map((id) => figuresOf(id, soon)))));
      }
      return sum(figures, asked.length <= ORGANIZATIONS);
    },
  });
};
