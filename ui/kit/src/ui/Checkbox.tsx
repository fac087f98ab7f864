import { type ReactNode, useEffect, useId, useRef } from "react";
import { classes } from "./classes";

interface CheckboxProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  /** Some of what it stands for is checked. */
  mixed?: boolean;
  disabled?: boolean;
  onChecked: (checked: boolean) => void;
}

export function Checkbox({ label, hint, checked, mixed = false, disabled, onChecked }: CheckboxProps) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <div className="flex items-start gap-2.5">
      <input
        ref={box}
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-1 size-4 shrink-0 cursor-pointer accent-accent disabled:cursor-default"
        onChange={(event) => onChecked(event.target.checked)}
      />
      <div className="min-w-0">
        <label htmlFor={id} className={classes("break-words", disabled ? "text-quiet" : "cursor-pointer")}>
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-quiet">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
