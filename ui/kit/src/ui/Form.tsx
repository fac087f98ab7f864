import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { sentence } from "../api/errors";
import { Button, type ButtonKind } from "./Button";
import { DialogActions } from "./Dialog";
import { Notice } from "./Notice";

interface FormProps {
  /** What is sent; the form keeps what was typed when this fails, and says why. */
  onSubmit: () => Promise<unknown>;
  submit: string;
  kind?: ButtonKind;
  /** Puts a button to leave beside the one to send, as dialogs have it. */
  onCancel?: () => void;
  /** As wide as the form, as on the sign-in pages. */
  wide?: boolean;
  /** Whether there is nothing to send. */
  disabled?: boolean;
  children: ReactNode;
}

export function Form({ onSubmit, submit, kind = "main", onCancel, wide, disabled, children }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || disabled) return;
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit();
    } catch (reason) {
      if (shown.current) setError(reason);
    } finally {
      if (shown.current) setBusy(false);
    }
  };
  const button = (
    <Button type="submit" kind={kind} busy={busy} wide={wide} disabled={disabled}>
      {submit}
    </Button>
  );
  return (
    <form method="post" className="grid grid-cols-[minmax(0,1fr)] gap-4" onSubmit={send}>
      {children}
      {error !== undefined && <Notice tone="bad">{sentence(error)}</Notice>}
      {onCancel ? (
        <DialogActions>
          <Button onClick={onCancel}>Cancel</Button>
          {button}
        </DialogActions>
      ) : (
        <div>{button}</div>
      )}
    </form>
  );
}
