import { useEffect, useId, useRef, useState } from "react";
import { Icon } from "./Icon";

interface SearchBoxProps {
  label: string;
  value: string;
  /** Offered while typing. */
  suggestions?: readonly string[];
  /** Told once typing has paused. */
  onValue: (value: string) => void;
}

export function SearchBox({ label, value, suggestions, onValue }: SearchBoxProps) {
  const id = useId();
  const [text, setText] = useState(value);
  const tell = useRef(onValue);
  tell.current = onValue;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => tell.current(text), 250);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <div className="relative w-full sm:w-64">
      <Icon name="search" className="pointer-events-none absolute top-3 left-3 text-quiet" />
      <input
        type="search"
        list={suggestions && id}
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="min-h-10 w-full rounded-lg border border-edge bg-card py-2 pr-3 pl-9 text-text placeholder:text-quiet"
      />
      {suggestions && (
        <datalist id={id}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </div>
  );
}
