import type { AuditLogEvent } from "../api/types";

/** What was done, in words. */
const DONE: Readonly<Record<string, string>> = {
  add_credits: "got credits",
  assign_role: "got a role",
  create: "created",
  delete: "deleted",
  disable: "disabled",
  enable: "enabled",
  end_rotation: "rotation ended",
  impersonate: "impersonated",
  refresh: "refreshed",
  refuse: "refused",
  remove_authenticator_app: "authenticator app removed",
  revoke: "revoked",
  rotate: "rotated",
  set_authenticator_app: "authenticator app set up",
  set_password: "password set",
  unassign_role: "lost a role",
  update: "changed",
  update_domains: "domains changed",
  update_google_hosted_domains: "Google domains changed",
  update_microsoft_tenant_ids: "Microsoft tenants changed",
};

/** A name in words: `tesseral.api_keys.create` as "API key created". An app's own events keep their names. */
export function describeEvent(name: string): string {
  const [, things = "", doing = ""] = /^tesseral\.([a-z_]+)\.([a-z_]+)$/.exec(name) ?? [];
  const done = DONE[doing];
  if (!done) return name;
  const thing = things === "access" ? things : things.replace(/s$/, "");
  const text = `${thing.replaceAll("_", " ")} ${done}`.replace(/\bapi\b/, "API").replace(/\brbac\b/, "RBAC");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Who did it: what they are, and their id. */
export function actorOf(event: AuditLogEvent): { kind: string; id?: string } {
  const actors: readonly (readonly [string, string | null | undefined])[] = [
    ["A person", event.actorUserId],
    ["A person of the console", event.actorConsoleUserId],
    ["An API key", event.actorApiKeyId],
    ["The backend", event.actorBackendApiKeyId],
    ["Somebody signing in", event.actorIntermediateSessionId],
    ["A session", event.actorSessionId],
    ["A session of the console", event.actorConsoleSessionId],
  ];
  const actor = actors.find(([, id]) => id);
  return actor ? { kind: actor[0], id: actor[1] ?? undefined } : { kind: "The server" };
}
