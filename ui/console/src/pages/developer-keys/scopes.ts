/** What a Backend API key may do. */
export const SCOPES = [
  { value: "verify", label: "Verify keys only" },
  { value: "read", label: "Read everything" },
  { value: "full", label: "Everything" },
] as const;

export type Scope = (typeof SCOPES)[number]["value"];
