import { ConfirmDialog, Switch } from "@lockwork/kit";
import { type ReactNode, useState } from "react";

type GuardedSwitchProps = {
  label: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  save: (checked: boolean) => Promise<unknown>;
  /** What is asked before it goes to `to`, the side on which something stops working. */
  ask: { to: boolean; title: string; confirm: string; text: ReactNode };
};

/** A switch of which one side stops something from working: that asks first. */
export function GuardedSwitch({ label, hint, checked, disabled, save, ask }: GuardedSwitchProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Switch
        label={label}
        hint={hint}
        checked={checked}
        disabled={disabled}
        onChecked={(next) => (next === ask.to ? setAsking(true) : save(next))}
      />
      {asking && (
        <ConfirmDialog
          title={ask.title}
          confirm={ask.confirm}
          onConfirm={() => save(ask.to)}
          onClose={() => setAsking(false)}
        >
          {ask.text}
        </ConfirmDialog>
      )}
    </>
  );
}
