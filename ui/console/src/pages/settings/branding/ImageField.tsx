import { Button, classes, sentence } from "@lockwork/kit";
import { useId, useRef, useState } from "react";
import { PICTURES, readPicture } from "./picture";

interface ImageFieldProps {
  label: string;
  hint: string;
  /** A `data:` URL; empty for none. */
  value: string;
  onValue: (value: string) => void;
  /** What it is drawn into if it is too large, in pixels. */
  width: number;
  height: number;
  /** Whether it is for a dark ground. */
  dark?: boolean;
}

/** A picture to choose from one's files. */
export function ImageField({ label, hint, value, onValue, width, height, dark }: ImageFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<string>();
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setError(undefined);
    try {
      onValue(await readPicture(file, width, height));
    } catch (reason) {
      setError(sentence(reason));
    }
    // The same file may be chosen again.
    if (input.current) input.current.value = "";
  };
  return (
    <div role="group" aria-labelledby={`${id}-label`} aria-describedby={`${id}-hint`} className="grid gap-1.5">
      <span id={`${id}-label`} className="font-medium">
        {label} <span className="font-normal text-quiet">(optional)</span>
      </span>
      <div className="flex flex-wrap items-center gap-3">
        <div
          className={classes(
            "flex h-14 w-32 items-center justify-center rounded-lg border border-line bg-ground p-2",
            dark ? "scheme-dark" : "scheme-light",
          )}
        >
          {value ? (
            <img src={value} alt={`${label} now`} className="max-h-full max-w-full object-contain" />
          ) : (
            <span className="text-sm text-quiet">None</span>
          )}
        </div>
        <input
          ref={input}
          type="file"
          accept={PICTURES}
          aria-label={label}
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => void choose(event.target.files?.[0])}
        />
        <Button small onClick={() => input.current?.click()}>
          {value ? "Replace" : "Choose"}
          <span className="sr-only">: {label}</span>
        </Button>
        {value && (
          <Button small kind="quiet" onClick={() => onValue("")}>
            Remove<span className="sr-only">: {label}</span>
          </Button>
        )}
      </div>
      <p id={`${id}-hint`} className="text-sm text-quiet">
        {hint}
      </p>
      {error && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
