import { CopyButton } from "./CopyButton";

/** Text for a terminal or an editor, with a button to copy it. `label` says what it is. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative rounded-lg border border-line bg-ground">
      <pre
        role="region"
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto p-3.5 pr-12 font-mono text-sm leading-relaxed"
      >
        <code>{text}</code>
      </pre>
      <div className="absolute top-1.5 right-1.5 rounded-lg bg-ground">
        <CopyButton bare text={text} label={`Copy: ${label}`} />
      </div>
    </div>
  );
}
