import { CodeBlock } from "../ui/CodeBlock";
import { CopyButton } from "../ui/CopyButton";
import { Button } from "../ui/Button";
import { Dialog, DialogActions } from "../ui/Dialog";
import { Notice } from "../ui/Notice";

interface SecretOnceProps {
  title: string;
  secret: string;
  /** A command that uses it. */
  curl?: string;
  onClose: () => void;
}

/** Shows a secret, the one time that there is. It only closes by its button. */
export function SecretOnce({ title, secret, curl, onClose }: SecretOnceProps) {
  return (
    <Dialog wide title={title}>
      <Notice tone="warn">Copy it now and keep it safe. It cannot be shown again.</Notice>
      <div className="flex items-center gap-3 rounded-lg border border-edge bg-ground py-2 pr-2 pl-3.5">
        <code data-testid="secret" className="min-w-0 grow font-mono text-sm break-all select-all">
          {secret}
        </code>
        <CopyButton text={secret} label="Copy the secret" kind="main" />
      </div>
      {curl && (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
          <p className="font-medium">Try it</p>
          <CodeBlock label="Command that uses the key" text={curl} />
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>I have kept it</Button>
      </DialogActions>
    </Dialog>
  );
}
