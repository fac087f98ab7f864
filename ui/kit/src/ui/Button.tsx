import { type ButtonHTMLAttributes, type ReactNode, useState } from "react";
import { sentence } from "../api/errors";
import { classes } from "./classes";
import { Spinner } from "./Spinner";
import { toast } from "./Toaster";

export type ButtonKind = "main" | "plain" | "danger" | "quiet" | "link";

const LOOKS: Record<ButtonKind, string> = {
  main: "bg-brand text-on-brand border-brand-edge hover:bg-brand-hover",
  plain: "bg-card text-text border-edge hover:bg-raised",
  danger: "bg-bad text-on-bad border-bad hover:bg-bad-hover hover:border-bad-hover",
  quiet: "bg-transparent text-quiet border-transparent hover:bg-raised hover:text-text",
  link: "bg-transparent text-accent border-transparent hover:underline underline-offset-4",
};

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  small?: boolean;
  wide?: boolean;
  /** Shows that its work is under way; it takes no clicks then. */
  busy?: boolean;
  /** What a click does; the button is busy while it runs, and a toast says what went wrong. */
  action?: () => Promise<unknown>;
  icon?: ReactNode;
}

/** How a button looks, for links that look like one. */
export const buttonLook = (kind: ButtonKind = "plain", small = false, wide = false): string =>
  classes(
    "relative inline-flex items-center justify-center gap-2 rounded-lg border font-medium whitespace-nowrap",
    "transition-colors cursor-pointer select-none aria-disabled:opacity-55 aria-disabled:cursor-default disabled:opacity-55 disabled:cursor-default",
    small ? "min-h-8 px-2.5 text-sm" : "min-h-10 px-3.5",
    wide && "w-full",
    LOOKS[kind],
  );

export function Button({ kind, small, wide, busy, action, icon, className, children, onClick, ...rest }: ButtonProps) {
  const [running, setRunning] = useState(false);
  const waiting = busy || running;
  const run = async () => {
    setRunning(true);
    try {
      await action?.();
    } catch (error) {
      toast(sentence(error), "bad");
    } finally {
      setRunning(false);
    }
  };
  return (
    <button
      type="button"
      {...rest}
      // Not `disabled`, which would take the focus away.
      aria-disabled={waiting || undefined}
      aria-busy={waiting || undefined}
      className={classes(buttonLook(kind, small, wide), className)}
      onClick={(event) => {
        if (waiting) return event.preventDefault();
        onClick?.(event);
        if (action) void run();
      }}
    >
      {/* Unseen while it waits, but still its name. */}
      <span
        className={classes(
          "inline-flex min-w-0 items-center justify-center gap-2",
          wide && "w-full",
          waiting && "opacity-0",
        )}
      >
        {icon}
        {children}
      </span>
      {waiting && <Spinner className="absolute" />}
    </button>
  );
}
