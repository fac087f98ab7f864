import { type ReactNode, useState } from "react";
import { Dialog } from "./Dialog";
import { Input } from "./Field";
import { Form } from "./Form";

interface ConfirmDialogProps {
  title: ReactNode;
  children: ReactNode;
  /** The button that does it, as what it does: "Revoke the key". */
  confirm: string;
  /** What has to be typed before. */
  typed?: string;
  /** Whether nothing is lost by it. */
  harmless?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. Closes when it is done. */
export function ConfirmDialog({ title, children, confirm, typed, harmless, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState("");
  const submit = async () => {
    await onConfirm();
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        submit={confirm}
        kind={harmless ? "main" : "danger"}
        onSubmit={submit}
        onCancel={onClose}
        disabled={typed !== undefined && text.trim() !== typed.trim()}
      >
        <div className="text-quiet">{children}</div>
        {typed !== undefined && (
          <Input
            label={
              <>
                Type <span className="font-mono break-all select-all">{typed}</span> to go on
              </>
            }
            value={text}
            onValue={setText}
            autoComplete="off"
            spellCheck={false}
            data-focus
          />
        )}
      </Form>
    </Dialog>
  );
}
