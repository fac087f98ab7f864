import { everyPage, type KeySource } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { backend, call } from "../data/api";
import { queries } from "../data/queries";
import { rolesWithin } from "../data/rolesWithin";
import { useMayWrite } from "../data/staff";
import type { ApiKey, Organization } from "../data/types";
import { useNames } from "../data/useNames";
import { apiHostOf } from "../pages/connect/snippets";

const params = (id: string) => ({ params: { path: { id } } });
const once = (key: string) => ({ headers: { "Idempotency-Key": key } });

/** The shorter of two lifetimes, of which each may be without an end. */
const shorter = (one?: number | null, other?: number | null): number | undefined =>
  one && other ? Math.min(one, other) : (one ?? other ?? undefined);

/** An organization's keys, or those of all, as the developer manages them: by the Backend API. */
export function useKeySource(organization?: Organization): KeySource<ApiKey> {
  const mayWrite = useMayWrite();
  const { data: project } = useQuery(queries.project());
  const nameOf = useNames(organization?.id);
  const { id: organizationId, maxApiKeyLifetimeSeconds } = organization ?? {};
  return useMemo(
    () => ({
      name: organizationId ? ["keys", organizationId] : ["keys"],
      async list({ search, state, pageToken }) {
        // Of a whole project's keys only a page by id is found at once.
        const orderBy = organizationId ? "createTime desc" : "id";
        const query = { organizationId, search, state, pageToken, pageSize: 20, orderBy };
        const { apiKeys = [], nextPageToken } = await call(backend.GET("/v1/api-keys", { params: { query } }));
        return { rows: apiKeys, nextPageToken };
      },
      async get(id) {
        return (await call(backend.GET("/v1/api-keys/{id}", params(id)))).apiKey;
      },
      limits: (id) => call(backend.GET("/v1/api-keys/{id}/limits", params(id))),
      async create(key, request) {
        if (!organizationId) throw new Error("a key is made for an organization");
        const body = { apiKey: { ...key, organizationId } };
        return (await call(backend.POST("/v1/api-keys", { ...once(request), body }))).apiKey;
      },
      update: (id, apiKey) => call(backend.PATCH("/v1/api-keys/{id}", { ...params(id), body: { apiKey } })),
      async rotate(id, overlapSeconds, request) {
        const body = { overlapSeconds };
        return (await call(backend.POST("/v1/api-keys/{id}/rotate", { ...params(id), ...once(request), body }))).apiKey;
      },
      endRotation: (id) => call(backend.POST("/v1/api-keys/{id}/end-rotation", params(id))),
      disable: (id) => call(backend.POST("/v1/api-keys/{id}/disable", params(id))),
      enable: (id) => call(backend.POST("/v1/api-keys/{id}/enable", params(id))),
      revoke: (id, reason) =>
        call(backend.POST("/v1/api-keys/{id}/revoke", { ...params(id), body: reason ? { reason } : {} })),
      remove: (id) => call(backend.DELETE("/v1/api-keys/{id}", params(id))),
      assignments: (apiKeyId) =>
        everyPage(async (pageToken) => {
          const query = { apiKeyId, pageToken, pageSize: 100 };
          const answer = await call(backend.GET("/v1/api-key-role-assignments", { params: { query } }));
          return { rows: answer.apiKeyRoleAssignments ?? [], nextPageToken: answer.nextPageToken };
        }),
      assignRole: (apiKeyId, roleId) =>
        call(backend.POST("/v1/api-key-role-assignments", { body: { apiKeyRoleAssignment: { apiKeyId, roleId } } })),
      unassignRole: (apiKeyId, id) =>
        call(backend.DELETE("/v1/api-key-role-assignments/{id}", { params: { path: { id }, query: { apiKeyId } } })),
      roles: async () => (organizationId ? rolesWithin(organizationId) : []),
      async actions() {
        return (await call(backend.GET("/v1/rbac-policy"))).rbacPolicy.actions ?? [];
      },
      href: (id) => `/api-keys/${id}`,
      creatorName({ userId, backendApiKeyId }) {
        if (userId) return nameOf(userId) ?? "Somebody who was removed";
        if (backendApiKeyId) return nameOf(backendApiKeyId) ?? "Your backend";
        return "The server's operator";
      },
      curl: (secret) =>
        [
          `curl ${window.location.protocol}//${apiHostOf(window.location.host)}/v1/api-keys/verify \\`,
          `  -H "Authorization: Bearer $LOCKWORK_BACKEND_API_KEY" \\`,
          `  -H "Content-Type: application/json" \\`,
          `  -d '{"secretToken":"${secret}"}'`,
        ].join("\n"),
      mayCreate: mayWrite && organizationId !== undefined,
      mayManage: () => mayWrite,
      maySetLimits: () => mayWrite,
      holds: () => true,
      maxLifetimeSeconds: shorter(project?.maxApiKeyLifetimeSeconds, maxApiKeyLifetimeSeconds),
    }),
    [organizationId, maxApiKeyLifetimeSeconds, project, nameOf, mayWrite],
  );
}
