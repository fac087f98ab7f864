import type { LimitBody } from "../api/types";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Input, Select } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { formatSeconds } from "../ui/time";
import { newLimit } from "./limits";

type Kind = NonNullable<LimitBody["kind"]>;

const KINDS: readonly { value: Kind; label: string }[] = [
  { value: "WINDOW", label: "Rate" },
  { value: "BUCKET", label: "Rate with bursts" },
  { value: "QUOTA", label: "Quota" },
];
const PERIODS = [
  { value: "HOUR", label: "an hour" },
  { value: "DAY", label: "a day" },
  { value: "MONTH", label: "a month" },
] as const;
const WINDOWS = [1, 10, 60, 3600, 86_400];

interface LimitsEditorProps {
  limits: readonly LimitBody[];
  onLimits: (limits: readonly LimitBody[]) => void;
}

/** Limits to set: how much in how much time. */
export function LimitsEditor({ limits, onLimits }: LimitsEditorProps) {
  const change = (at: number, change: Partial<LimitBody>) =>
    onLimits(limits.map((limit, index) => (index === at ? { ...limit, ...change } : limit)));
  return (
    <div className="grid justify-items-start gap-3">
      {limits.map((limit, index) => (
        <LimitFields
          key={index}
          limit={limit}
          onLimit={(next) => change(index, next)}
          onRemove={() => onLimits(limits.filter((_, other) => other !== index))}
        />
      ))}
      <Button
        small
        icon={<Icon name="plus" />}
        onClick={() => onLimits([...limits, newLimit(limits.map(({ name }) => name ?? ""))])}
      >
        Add a limit
      </Button>
    </div>
  );
}

interface LimitFieldsProps {
  limit: LimitBody;
  onLimit: (change: Partial<LimitBody>) => void;
  onRemove: () => void;
}

function LimitFields({ limit, onLimit, onRemove }: LimitFieldsProps) {
  const kind = limit.kind ?? "WINDOW";
  const window = limit.windowSeconds ?? 60;
  const windows = WINDOWS.includes(window) ? WINDOWS : [...WINDOWS, window].toSorted((a, b) => a - b);
  const setKind = (kind: Kind) =>
    onLimit(
      kind === "QUOTA"
        ? { kind, period: "MONTH", windowSeconds: undefined, burst: undefined }
        : { kind, windowSeconds: window, period: undefined, anchorTime: undefined, burst: undefined },
    );
  return (
    <fieldset className="grid w-full gap-3 rounded-lg border border-line p-3.5">
      <legend className="sr-only">Limit {limit.name}</legend>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Input
          label="Name"
          mono
          required
          maxLength={64}
          pattern="[a-z0-9][a-z0-9_.\-]*"
          title="a-z, 0-9, _, - and ., the first a letter or a digit"
          value={limit.name ?? ""}
          onValue={(name) => onLimit({ name })}
        />
        <Select label="Kind" value={kind} options={KINDS} onValue={setKind} />
        <Input
          label="How much"
          type="number"
          required
          min={1}
          value={limit.limit ? String(limit.limit) : ""}
          onValue={(value) => onLimit({ limit: value ? Number(value) : null })}
        />
        {kind === "QUOTA" ? (
          <Select
            label="In"
            value={limit.period ?? "MONTH"}
            options={PERIODS}
            onValue={(period) => onLimit({ period })}
          />
        ) : (
          <Select
            label="In"
            value={String(window)}
            options={windows.map((seconds) => ({ value: String(seconds), label: formatSeconds(seconds) }))}
            onValue={(seconds) => onLimit({ windowSeconds: Number(seconds) })}
          />
        )}
        {kind === "BUCKET" && (
          <Input
            label="At once"
            optional
            type="number"
            min={1}
            value={limit.burst ? String(limit.burst) : ""}
            onValue={(value) => onLimit({ burst: value ? Number(value) : null })}
          />
        )}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Checkbox
          label="Count only requests that name it"
          checked={limit.onlyWhenNamed ?? false}
          onChecked={(onlyWhenNamed) => onLimit({ onlyWhenNamed })}
        />
        <Button small kind="quiet" onClick={onRemove}>
          Remove
        </Button>
      </div>
    </fieldset>
  );
}
