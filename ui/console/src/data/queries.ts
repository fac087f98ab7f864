import { queryOptions } from "@tanstack/react-query";
import { backend, call, frontend, queryClient } from "./api";
import { rolesWithin } from "./rolesWithin";

/** As many rows as one page can have: for lists that are chosen from. */
const MOST = 100;

async function getApiKey(id: string) {
  return (await call(backend.GET("/v1/api-keys/{id}", { params: { path: { id } } }))).apiKey;
}

export const queries = {
  me: () =>
    queryOptions({ queryKey: ["me"], queryFn: async () => (await call(frontend.GET("/api/frontend/v1/me"))).user }),

  /** Who else works at the console, to show their names: the first hundred. */
  colleagues: () =>
    queryOptions({
      queryKey: ["colleagues"],
      queryFn: async () =>
        (await call(frontend.GET("/api/frontend/v1/users", { params: { query: { pageSize: MOST } } }))).users ?? [],
      staleTime: 60_000,
    }),

  projects: () =>
    queryOptions({
      queryKey: ["projects"],
      queryFn: async () =>
        (await call(frontend.GET("/api/frontend/v1/switch-organizations/organizations"))).switchableOrganizations ?? [],
    }),

  project: () =>
    queryOptions({ queryKey: ["project"], queryFn: async () => (await call(backend.GET("/v1/project"))).project }),

  branding: () =>
    queryOptions({
      queryKey: ["branding"],
      queryFn: async () => (await call(backend.GET("/v1/project/branding"))).branding,
    }),

  /** The organizations by name, to choose from and to show their names where one may be gone: the first hundred. */
  organizations: () =>
    queryOptions({
      queryKey: ["organizations", "names"],
      queryFn: async () =>
        (
          await call(
            backend.GET("/v1/organizations", { params: { query: { pageSize: MOST, orderBy: "displayName" } } }),
          )
        ).organizations ?? [],
      staleTime: 30_000,
    }),

  organization: (id: string) =>
    queryOptions({
      queryKey: ["organization", id],
      queryFn: async () =>
        (await call(backend.GET("/v1/organizations/{id}", { params: { path: { id } } }))).organization,
    }),

  domains: (organizationId: string) =>
    queryOptions({
      queryKey: ["organization", organizationId, "domains"],
      queryFn: async () => {
        const params = { params: { path: { organizationId } } };
        const [domains, google, microsoft] = await Promise.all([
          call(backend.GET("/v1/organizations/{organizationId}/domains", params)),
          call(backend.GET("/v1/organizations/{organizationId}/google-hosted-domains", params)),
          call(backend.GET("/v1/organizations/{organizationId}/microsoft-tenant-ids", params)),
        ]);
        return {
          domains: domains.organizationDomains.domains ?? [],
          googleHostedDomains: google.organizationGoogleHostedDomains.googleHostedDomains ?? [],
          microsoftTenantIds: microsoft.organizationMicrosoftTenantIds.microsoftTenantIds ?? [],
        };
      },
    }),

  /** The people of an organization, to show their names: the first hundred. */
  people: (organizationId: string) =>
    queryOptions({
      queryKey: ["users", organizationId, "names"],
      queryFn: async () =>
        (await call(backend.GET("/v1/users", { params: { query: { organizationId, pageSize: MOST } } }))).users ?? [],
      staleTime: 60_000,
    }),

  userRoles: (userId: string) =>
    queryOptions({
      queryKey: ["user", userId, "roles"],
      queryFn: async () =>
        (await call(backend.GET("/v1/user-role-assignments", { params: { query: { userId, pageSize: MOST } } })))
          .userRoleAssignments ?? [],
    }),

  invites: (organizationId: string) =>
    queryOptions({
      queryKey: ["invites", organizationId],
      queryFn: async () =>
        (await call(backend.GET("/v1/user-invites", { params: { query: { organizationId, pageSize: MOST } } })))
          .userInvites ?? [],
    }),

  /** All roles that something of an organization can have: the project's and its own. */
  rolesWithin: (organizationId: string) =>
    queryOptions({
      queryKey: ["roles", organizationId, "with the project's"],
      queryFn: () => rolesWithin(organizationId),
    }),

  policy: () =>
    queryOptions({
      queryKey: ["policy"],
      queryFn: async () => (await call(backend.GET("/v1/rbac-policy"))).rbacPolicy.actions ?? [],
    }),

  /** A key of which nobody has said whose it is: to find that out. */
  apiKey: (id: string) =>
    queryOptions({
      queryKey: ["api-key", id],
      queryFn: async () => {
        const apiKey = await getApiKey(id);
        queryClient.setQueryData(queries.apiKeyOf(apiKey.organizationId, id).queryKey, apiKey);
        return apiKey;
      },
    }),

  apiKeyOf: (organizationId: string, id: string) =>
    queryOptions({ queryKey: ["keys", organizationId, "key", id], queryFn: () => getApiKey(id) }),

  plans: () =>
    queryOptions({
      queryKey: ["plans"],
      queryFn: async () =>
        (await call(backend.GET("/v1/plans", { params: { query: { pageSize: MOST } } }))).plans ?? [],
    }),

  backendApiKeys: () =>
    queryOptions({
      queryKey: ["backend-api-keys"],
      queryFn: async () =>
        (await call(backend.GET("/v1/backend-api-keys", { params: { query: { pageSize: MOST } } }))).backendApiKeys ??
        [],
    }),

  publishableKeys: () =>
    queryOptions({
      queryKey: ["publishable-keys"],
      queryFn: async () =>
        (await call(backend.GET("/v1/publishable-keys", { params: { query: { pageSize: MOST } } }))).publishableKeys ??
        [],
    }),

  latestEvents: () =>
    queryOptions({
      queryKey: ["audit-log", "latest"],
      queryFn: async () =>
        (await call(backend.GET("/v1/audit-log-events", { params: { query: { pageSize: 8 } } }))).auditLogEvents ?? [],
    }),
};
