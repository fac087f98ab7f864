import { type Api, data } from "../api/client";
import type { ApiKey, Role } from "../api/types";
import type { KeySource } from "../keys/source";
import { everyPage } from "../ui/paged";
import { mayOf, type Session } from "./session";

const one = (id: string) => ({ params: { path: { id } } });

/** The keys of the organization, through the Frontend API. `people` says what its people are called. */
export function keySource(
  api: Api,
  session: Session,
  people: ReadonlyMap<string, string>,
  href = (id: string) => `/organization/api-keys/${id}`,
): KeySource {
  const { user, organization, project } = session;
  const { frontend } = api;
  const may = mayOf(session);
  const mayManage = (key: ApiKey) =>
    may.writesKeys || (organization.personalApiKeysEnabled && key.creator.userId === user.id);
  const lifetimes = [organization.maxApiKeyLifetimeSeconds, project.maxApiKeyLifetimeSeconds].filter((s) => s != null);
  return {
    name: ["api-keys"],
    async list(query) {
      const page = await data(
        frontend.GET("/api/frontend/v1/api-keys", { params: { query: { ...query, pageSize: 20 } } }),
      );
      return { rows: page.apiKeys ?? [], nextPageToken: page.nextPageToken };
    },
    get: async (id) => (await data(frontend.GET("/api/frontend/v1/api-keys/{id}", one(id)))).apiKey,
    limits: (id) => data(frontend.GET("/api/frontend/v1/api-keys/{id}/limits", one(id))),
    async create(apiKey, once) {
      const request = { params: { header: { "Idempotency-Key": once } }, body: { apiKey } };
      return (await data(frontend.POST("/api/frontend/v1/api-keys", request))).apiKey;
    },
    update: (id, apiKey) => frontend.PATCH("/api/frontend/v1/api-keys/{id}", { ...one(id), body: { apiKey } }),
    async rotate(id, overlapSeconds, once) {
      const request = { params: { path: { id }, header: { "Idempotency-Key": once } }, body: { overlapSeconds } };
      return (await data(frontend.POST("/api/frontend/v1/api-keys/{id}/rotate", request))).apiKey;
    },
    endRotation: (id) => frontend.POST("/api/frontend/v1/api-keys/{id}/end-rotation", one(id)),
    disable: (id) => frontend.POST("/api/frontend/v1/api-keys/{id}/disable", one(id)),
    enable: (id) => frontend.POST("/api/frontend/v1/api-keys/{id}/enable", one(id)),
    revoke: (id, reason) =>
      frontend.POST("/api/frontend/v1/api-keys/{id}/revoke", { ...one(id), body: { reason: reason || undefined } }),
    remove: (id) => frontend.DELETE("/api/frontend/v1/api-keys/{id}", one(id)),
    assignments: (apiKeyId) =>
      everyPage(async (pageToken) => {
        const query = { apiKeyId, pageToken, pageSize: 100 };
        const page = await data(frontend.GET("/api/frontend/v1/api-key-role-assignments", { params: { query } }));
        return { rows: page.apiKeyRoleAssignments ?? [], nextPageToken: page.nextPageToken };
      }),
    assignRole: (apiKeyId, roleId) =>
      frontend.POST("/api/frontend/v1/api-key-role-assignments", {
        body: { apiKeyRoleAssignment: { apiKeyId, roleId } },
      }),
    unassignRole: (apiKeyId, id) =>
      frontend.DELETE("/api/frontend/v1/api-key-role-assignments/{id}", {
        params: { path: { id }, query: { apiKeyId } },
      }),
    roles: () => everyRole(api, organization.id),
    actions: async () => (await data(frontend.GET("/api/frontend/v1/rbac-policy"))).rbacPolicy.actions ?? [],
    href,
    creatorName: ({ userId, backendApiKeyId }) =>
      userId
        ? (people.get(userId) ?? "A former member")
        : backendApiKeyId
          ? (project.displayName ?? "The service")
          : "The service",
    curl: (secret) => `curl https://api.example.com/ \\\n  -H "Authorization: Bearer ${secret}"`,
    mayCreate: may.createsKeys,
    mayManage,
    maySetLimits: (key) => mayManage(key) && Boolean(key.creator.userId),
    holds: may.holds,
    maxLifetimeSeconds: lifetimes.length ? Math.min(...lifetimes) : undefined,
  };
}

/** The project's roles, and those of the organization. */
export async function everyRole(api: Api, organizationId: string): Promise<Role[]> {
  const rolesOf = (organizationId?: string) =>
    everyPage(async (pageToken) => {
      const query = { organizationId, pageToken, pageSize: 100 };
      const page = await data(api.frontend.GET("/api/frontend/v1/roles", { params: { query } }));
      return { rows: page.roles ?? [], nextPageToken: page.nextPageToken };
    });
  return (await Promise.all([rolesOf(), rolesOf(organizationId)])).flat();
}
