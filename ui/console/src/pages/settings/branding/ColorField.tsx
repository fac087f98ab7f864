import { Button, Input } from "@lockwork/kit";

/** A colour as the server takes it. */
export const isColor = (text: string) => /^#[0-9a-f]{6}$/i.test(text);

interface ColorFieldProps {
  label: string;
  hint: string;
  /** Empty for none. */
  value: string;
  onValue: (value: string) => void;
  /** What the picker begins with. */
  start: string;
}

/** A colour, to pick or to type. */
export function ColorField({ label, hint, value, onValue, start }: ColorFieldProps) {
  const wrong = value !== "" && !isColor(value);
  return (
    <div className="flex items-start gap-2">
      <Input
        label={label}
        optional
        hint={hint}
        {...(wrong && { error: "Write # and six digits, such as #0b6b5d." })}
        className="max-w-xs grow"
        mono
        placeholder={start}
        value={value}
        onValue={(text) => onValue(text.trim())}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <input
        type="color"
        aria-label={`Pick: ${label}`}
        className="mt-7.5 h-10 w-12 shrink-0 cursor-pointer rounded-lg border border-edge bg-card p-1"
        value={isColor(value) ? value : start}
        onChange={(event) => onValue(event.target.value)}
      />
      {value && (
        <Button small kind="quiet" className="mt-8.5" onClick={() => onValue("")}>
          Clear<span className="sr-only">: {label}</span>
        </Button>
      )}
    </div>
  );
}
