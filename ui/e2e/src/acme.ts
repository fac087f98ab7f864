// A project with something in it, made through the API as a developer's backend would.

import type { Lockwork, Thing } from "./lockwork.ts";

export const READ = "acme.widgets.read";
export const CREATE = "acme.widgets.create";
/** With the first action members see all keys of their organization, with the second they manage them. */
export const KEYS_READ = "lockwork.api_keys.read";
const KEYS_WRITE = "lockwork.api_keys.write";

/** An organization with an owner, a member, a role, a plan and two keys. */
export interface Acme {
  organization: Thing;
  role: Thing;
  key: Thing;
  owner: string;
  member: string;
}

const SWITCHED_ON = {
  logInWithEmail: true,
  logInWithPassword: true,
  logInWithPasskey: true,
  logInWithAuthenticatorApp: true,
  apiKeysEnabled: true,
  auditLogsEnabled: true,
  selfServeCreateUsers: true,
};

/** The names in it are its own, so that several fit into one project. */
export async function makeAcme(lockwork: Lockwork, name: string): Promise<Acme> {
  const call = <Answer>(method: string, path: string, body?: unknown) =>
    lockwork.call<Answer>(method, `/v1/${path}`, body);
  const described = {
    [READ]: "See widgets",
    [CREATE]: "Make widgets",
    [KEYS_READ]: "See API keys",
    [KEYS_WRITE]: "Manage API keys",
  };
  const actions = Object.entries(described).map(([action, description]) => ({ name: action, description }));
  await call("PUT", "rbac-policy", { rbacPolicy: { actions } });
  await call("PATCH", "project", SWITCHED_ON);
  const organization = (
    await call<{ organization: Thing }>("POST", "organizations", { displayName: name, logInWithEmail: true })
  ).organization;
  const owner = `owner@${name.toLowerCase()}.example`;
  const member = `member@${name.toLowerCase()}.example`;
  const of = { organizationId: organization.id };
  await call("PATCH", `organizations/${organization.id}`, { apiKeysEnabled: true, customRolesEnabled: true });
  await call("POST", "users", { ...of, email: owner, owner: true });
  await call("POST", "users", { ...of, email: member });
  const role = (await call<{ role: Thing }>("POST", "roles", { displayName: `${name} maker`, actions: [READ, CREATE] }))
    .role;
  const limits = [{ name: "requests", kind: "WINDOW", limit: 600, windowSeconds: 60 }];
  await call("POST", "plans", { plan: { displayName: `${name} plan`, limits } });
  const made = await call<{ apiKey: Thing }>("POST", "api-keys", { apiKey: { ...of, displayName: "Nightly build" } });
  await call("POST", "api-key-role-assignments", {
    apiKeyRoleAssignment: { apiKeyId: made.apiKey.id, roleId: role.id },
  });
  const old = await call<{ apiKey: Thing }>("POST", "api-keys", { apiKey: { ...of, displayName: "Old laptop" } });
  await call("POST", `api-keys/${old.apiKey.id}/revoke`);
  return { organization, role, key: made.apiKey, owner, member };
}
