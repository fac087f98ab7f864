import { useEffect, useState } from "react";
import { Button, type ButtonKind } from "./Button";
import { Icon } from "./Icon";

interface CopyButtonProps {
  text: string;
  /** What is copied, for screen readers: "Copy the key". */
  label: string;
  kind?: ButtonKind;
  /** Only the icon. */
  bare?: boolean;
}

export function CopyButton({ text, label, kind, bare }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      throw new Error("the browser does not let this page copy; select the text instead");
    }
    setCopied(true);
  };
  return (
    <Button
      kind={kind ?? (bare ? "quiet" : "plain")}
      small={bare}
      aria-label={copied ? "Copied" : label}
      action={copy}
      icon={<Icon name={copied ? "check" : "copy"} />}
    >
      {!bare && (copied ? "Copied" : "Copy")}
    </Button>
  );
}
