import type { AuditFilter } from "@lockwork/kit";

/** What the audit log is filtered by, as the address has it. */
export type AuditSearch = AuditFilter & {
  organization?: string;
  resource?: string;
};

/** Whether it has the form of a user's id, so that the API can be asked about it. */
const isUserId = (text: string | undefined): boolean => /^user_[0-9a-z]{25}$/.test(text ?? "");

export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {};
  for (const name of ["event", "person", "from", "to", "organization", "resource"] as const) {
    const value = search[name];
    if (typeof value === "string" && value) found[name] = value;
  }
  for (const name of ["from", "to"] as const) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(found[name] ?? "")) delete found[name];
  }
  if (!isUserId(found.person)) delete found.person;
  return found;
}
