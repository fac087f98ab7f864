import { type ReactNode, useId, useState } from "react";
import { sentence } from "../api/errors";
import { classes } from "./classes";
import { toast } from "./Toaster";

interface SwitchProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  /** May take its time: the switch shows what was chosen at once, and goes back if this fails. */
  onChecked: (checked: boolean) => void | Promise<unknown>;
}

/** Something that is on or off, with its label before it. */
export function Switch({ label, hint, checked, disabled, onChecked }: SwitchProps) {
  const id = useId();
  const [chosen, setChosen] = useState<boolean>();
  const change = async (next: boolean) => {
    setChosen(next);
    try {
      await onChecked(next);
    } catch (error) {
      toast(sentence(error), "bad");
    } finally {
      setChosen(undefined);
    }
  };
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <label htmlFor={id} className={classes("font-medium", !disabled && "cursor-pointer")}>
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-quiet">
            {hint}
          </p>
        )}
      </div>
      <span className="relative inline-flex shrink-0">
        <input
          type="checkbox"
          role="switch"
          id={id}
          checked={chosen ?? checked}
          disabled={disabled}
          aria-busy={chosen !== undefined || undefined}
          aria-describedby={hint ? `${id}-hint` : undefined}
          className="peer h-6 w-10 cursor-pointer appearance-none rounded-full border border-edge bg-raised transition-colors checked:border-accent checked:bg-accent disabled:cursor-default disabled:opacity-55"
          onChange={(event) => {
            if (chosen === undefined) void change(event.target.checked);
          }}
        />
        <span
          aria-hidden="true"
          className="pointer-events-none absolute top-1 left-1 size-4 rounded-full bg-edge transition-transform peer-checked:translate-x-4 peer-checked:bg-on-accent"
        />
      </span>
    </div>
  );
}
