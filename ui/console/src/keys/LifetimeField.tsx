import { formatSeconds, Select } from "@lockwork/kit";
import { useState } from "react";
import { failed } from "../data/failed";

const DAY = 86_400;
const LENGTHS = [7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];

type LifetimeFieldProps = {
  hint: string;
  seconds?: number | null;
  disabled: boolean;
  save: (seconds: number | null) => Promise<unknown>;
};

/** How long keys may live at most; what is chosen is saved at once. */
export function LifetimeField({ hint, seconds, disabled, save }: LifetimeFieldProps) {
  const [chosen, setChosen] = useState<string>();
  const lengths =
    seconds && !LENGTHS.includes(seconds) ? [...LENGTHS, seconds].toSorted((one, other) => one - other) : LENGTHS;
  const choose = async (value: string) => {
    setChosen(value);
    try {
      await save(value ? Number(value) : null);
    } catch (error) {
      failed(error);
    } finally {
      setChosen(undefined);
    }
  };
  return (
    <Select
      label="Longest life"
      hint={hint}
      className="max-w-xs"
      disabled={disabled}
      options={[
        { value: "", label: "No end" },
        ...lengths.map((length) => ({ value: String(length), label: formatSeconds(length) })),
      ]}
      value={chosen ?? String(seconds ?? "")}
      onValue={(value) => void choose(value)}
    />
  );
}
