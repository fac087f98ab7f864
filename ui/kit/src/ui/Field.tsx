import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { classes } from "./classes";

const CONTROL =
  "w-full min-h-10 rounded-lg border border-edge bg-card px-3 py-2 text-text placeholder:text-quiet aria-invalid:border-bad disabled:bg-raised disabled:text-quiet";

interface Labels {
  label: ReactNode;
  /** A line below it that helps. */
  hint?: ReactNode;
  /** What is wrong with it. */
  error?: string;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  optional?: boolean;
}

interface FieldProps extends Labels {
  className?: string;
  children: (control: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": true | undefined;
  }) => ReactNode;
}

/** A label, a control, and what there is to say about it. */
export function Field({ label, hint, error, hideLabel, optional, className, children }: FieldProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={classes("grid gap-1.5", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "font-medium"}>
        {label}
        {optional && <span className="font-normal text-quiet"> (optional)</span>}
      </label>
      {children({ id, "aria-describedby": about, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-quiet">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

export interface InputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange">, Labels {
  value: string;
  onValue: (value: string) => void;
  mono?: boolean;
}

export function Input({ label, hint, error, hideLabel, optional, onValue, mono, className, ...rest }: InputProps) {
  return (
    <Field {...{ label, hint, error, hideLabel, optional, className }}>
      {(control) => (
        <input
          {...rest}
          {...control}
          className={classes(CONTROL, mono && "font-mono")}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}

export interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange">, Labels {
  value: string;
  onValue: (value: string) => void;
  mono?: boolean;
}

export function TextArea({
  label,
  hint,
  error,
  hideLabel,
  optional,
  onValue,
  mono,
  className,
  ...rest
}: TextAreaProps) {
  return (
    <Field {...{ label, hint, error, hideLabel, optional, className }}>
      {(control) => (
        <textarea
          rows={3}
          {...rest}
          {...control}
          className={classes(CONTROL, "field-sizing-content max-h-96", mono && "font-mono text-sm")}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}

export interface SelectProps<T extends string>
  extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "value">, Labels {
  value: T;
  options: readonly { value: T; label: string; disabled?: boolean }[];
  onValue: (value: T) => void;
}

export function Select<T extends string>({
  label,
  hint,
  error,
  hideLabel,
  optional,
  options,
  onValue,
  className,
  ...rest
}: SelectProps<T>) {
  return (
    <Field {...{ label, hint, error, hideLabel, optional, className }}>
      {(control) => (
        <select
          {...rest}
          {...control}
          className={classes(CONTROL, "cursor-pointer")}
          onChange={(event) => {
            const chosen = options.find(({ value }) => value === event.target.value);
            if (chosen) onValue(chosen.value);
          }}
        >
          {options.map(({ value, label, disabled }) => (
            <option key={value} value={value} disabled={disabled}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
