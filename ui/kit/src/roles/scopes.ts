import type { Action } from "../api/types";

export interface ScopeGroup {
  /** The resource: the first two parts of its actions' names, as in `acme.invoices`. */
  resource: string;
  actions: Action[];
}

const resourceOf = (name: string): string => {
  const parts = name.split(".");
  return parts.slice(0, Math.min(2, Math.max(1, parts.length - 1))).join(".");
};

/** Actions by the resource that they act on, sorted. */
export function groupScopes(actions: readonly Action[]): ScopeGroup[] {
  const groups = new Map<string, Action[]>();
  for (const action of actions) {
    const resource = resourceOf(action.name);
    groups.set(resource, [...(groups.get(resource) ?? []), action]);
  }
  return [...groups]
    .map(([resource, actions]) => ({ resource, actions: actions.toSorted((a, b) => a.name.localeCompare(b.name)) }))
    .toSorted((a, b) => a.resource.localeCompare(b.resource));
}

/** What an action is called within its resource: `read` of `acme.invoices.read`. */
export const shortScope = (resource: string, name: string): string =>
  name.startsWith(`${resource}.`) ? name.slice(resource.length + 1) : name;
