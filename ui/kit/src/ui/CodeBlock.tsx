import { CopyButton } from "./CopyButton";

/** Text for a terminal or an editor, with a button to copy it. `label` says what it is. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-start rounded-lg border border-line bg-ground">
      <pre
        role="region"
        tabIndex={0}
        aria-label={label}
        className="min-w-0 grow overflow-x-auto p-3.5 font-mono text-sm leading-relaxed"
      >
        <code>{text}</code>
      </pre>
      <div className="p-1.5">
        <CopyButton bare text={text} label={`Copy: ${label}`} />
      </div>
    </div>
  );
}
