import type { Action, ApiKey, ApiKeyChange, ApiKeyLimits, NewApiKey, Role } from "../api/types";
import type { Rows } from "../ui/paged";

export type KeyStateName = "ACTIVE" | "DISABLED" | "EXPIRED" | "REVOKED";

export interface KeyFilter {
  search?: string;
  state?: KeyStateName;
}

/** Where key pages read and write, and what the caller may do there: the portal, the console and an embedding app differ in this. */
export interface KeySource<Key extends ApiKey = ApiKey> {
  /** Begins the names under which answers are kept. */
  readonly name: readonly string[];
  list(query: KeyFilter & { pageToken?: string }): Promise<Rows<Key>>;
  get(id: string): Promise<ApiKey>;
  /** What is left of all that a use of the key counts against. */
  limits(id: string): Promise<ApiKeyLimits>;
  /** The same `once` makes one key, however often it is sent. The answer holds the secret. */
  create(key: NewApiKey, once: string): Promise<ApiKey>;
  update(id: string, change: ApiKeyChange): Promise<unknown>;
  rotate(id: string, overlapSeconds: number, once: string): Promise<ApiKey>;
  endRotation(id: string): Promise<unknown>;
  disable(id: string): Promise<unknown>;
  enable(id: string): Promise<unknown>;
  revoke(id: string, reason: string): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  assignments(id: string): Promise<{ id: string; roleId: string }[]>;
  assignRole(id: string, roleId: string): Promise<unknown>;
  unassignRole(id: string, assignmentId: string): Promise<unknown>;
  roles(): Promise<Role[]>;
  /** All actions that the project has. */
  actions(): Promise<Action[]>;
  /** Where a key's page is. */
  href(id: string): string;
  /** Whom to show as the maker. */
  creatorName(creator: ApiKey["creator"]): string | undefined;
  /** A command that uses the secret. */
  curl(secret: string): string;
  readonly mayCreate: boolean;
  mayManage(key: ApiKey): boolean;
  maySetLimits(key: ApiKey): boolean;
  /** Whether the caller holds an action, and so may give it. */
  holds(action: string): boolean;
  readonly maxLifetimeSeconds?: number;
}

/** The state of a key, as people see it. */
export function stateOf(key: ApiKey, now = Date.now()): KeyStateName {
  if (key.revoked) return "REVOKED";
  if (key.expireTime && Date.parse(key.expireTime) <= now) return "EXPIRED";
  return key.enabled ? "ACTIVE" : "DISABLED";
}

/** What a key is called where it has no name. */
export const nameOf = (key: ApiKey): string => key.displayName || "Unnamed key";

/** All that a key may do: what it was given directly, and by its roles. */
export function actionsOf(key: ApiKey, roles: readonly Role[]): string[] {
  const held = roles.filter(({ id }) => key.roleIds?.includes(id)).flatMap(({ actions }) => actions ?? []);
  return [...new Set([...(key.actions ?? []), ...held])].toSorted();
}
