import type { ApiKey } from "../api/types";
import { Badge, type Tone } from "../ui/Badge";
import { type KeyStateName, stateOf } from "./source";

export const STATES: Record<KeyStateName, { label: string; tone: Tone }> = {
  ACTIVE: { label: "Active", tone: "good" },
  DISABLED: { label: "Disabled", tone: "warn" },
  EXPIRED: { label: "Expired", tone: "plain" },
  REVOKED: { label: "Revoked", tone: "bad" },
};

/** The state of a key in a word; beside it, whether its former secret still works. */
export function KeyState({ apiKey }: { apiKey: ApiKey }) {
  const { label, tone } = STATES[stateOf(apiKey)];
  const rotating = stateOf(apiKey) === "ACTIVE" && (apiKey.secrets?.length ?? 0) > 1;
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Badge tone={tone}>{label}</Badge>
      {rotating && <Badge tone="accent">Rotating</Badge>}
    </span>
  );
}
