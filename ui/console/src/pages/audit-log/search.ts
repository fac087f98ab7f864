import type { AuditFilter } from "@lockwork/kit";

/** What the audit log is filtered by, as the address has it. */
export type AuditSearch = AuditFilter & {
  organization?: string;
  resource?: string;
};

export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {};
  for (const name of ["event", "from", "to", "organization", "resource"] as const) {
    const value = search[name];
    if (typeof value === "string" && value) found[name] = value;
  }
  for (const name of ["from", "to"] as const) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(found[name] ?? "")) delete found[name];
  }
  return found;
}
