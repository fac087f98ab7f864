import { classes } from "./classes";
import { CopyButton } from "./CopyButton";

interface IdProps {
  id: string;
  /** What its button says to screen readers: "Copy the key's ID". */
  label: string;
  className?: string;
}

/** An ID, to read and to copy. */
export function Id({ id, label, className }: IdProps) {
  return (
    <span className={classes("inline-flex max-w-full items-center", className)}>
      <code className="min-w-0 font-mono text-sm break-all">{id}</code>
      <span className="-my-1.5 -mr-2.5 shrink-0">
        <CopyButton bare text={id} label={label} />
      </span>
    </span>
  );
}
