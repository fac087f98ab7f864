import { Form, TextArea, toast } from "@lockwork/kit";
import { useState } from "react";

interface TextListProps {
  label: string;
  placeholder: string;
  texts: readonly string[];
  mayChange: boolean;
  save: (texts: string[]) => Promise<unknown>;
}

/** A list of short texts, one a line. */
export function TextList({ label, placeholder, texts, mayChange, save }: TextListProps) {
  const [text, setText] = useState(texts.join("\n"));
  const wanted = text.split(/[\s,]+/).filter(Boolean);
  if (!mayChange) return <p className="break-words">{texts.join(", ") || <span className="text-quiet">None.</span>}</p>;
  const submit = async () => {
    await save(wanted);
    toast("Saved");
  };
  return (
    <Form submit="Save" onSubmit={submit} disabled={wanted.join() === texts.join()}>
      <TextArea
        mono
        label={label}
        hint="One a line."
        placeholder={placeholder}
        value={text}
        onValue={setText}
        className="max-w-md"
        spellCheck={false}
      />
    </Form>
  );
}
