import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey } from "../api/types";
import { Dialog } from "../ui/Dialog";
import { Select } from "../ui/Field";
import { Form } from "../ui/Form";
import { SecretOnce } from "./SecretOnce";
import { type KeySource, nameOf } from "./source";
import { useOnce } from "./useOnce";

const OVERLAPS = [
  { value: "0", label: "Stops at once" },
  { value: "3600", label: "Works for 1 hour more" },
  { value: "86400", label: "Works for 1 day more" },
  { value: "604800", label: "Works for 7 days more" },
  { value: "2592000", label: "Works for 30 days more" },
] as const;

interface RotateDialogProps {
  source: KeySource;
  apiKey: ApiKey;
  onClose: () => void;
}

/** Gives a key a new secret, then shows it. */
export function RotateDialog({ source, apiKey, onClose }: RotateDialogProps) {
  const queries = useQueryClient();
  const once = useOnce();
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]["value"]>("86400");
  const [secret, setSecret] = useState<string>();
  if (secret) {
    return (
      <SecretOnce
        title={`The new secret of ${nameOf(apiKey)}`}
        secret={secret}
        curl={source.curl(secret)}
        onClose={onClose}
      />
    );
  }
  const rotate = async () => {
    const rotated = await source.rotate(apiKey.id, Number(overlap), once(overlap));
    setSecret(rotated.secretToken);
    void queries.invalidateQueries({ queryKey: source.name });
  };
  return (
    <Dialog
      title={`Rotate ${nameOf(apiKey)}`}
      hint="It gets a new secret. Scopes, roles and limits stay as they are."
      onClose={onClose}
    >
      <Form submit="Rotate the key" onSubmit={rotate} onCancel={onClose}>
        <Select label="The present secret" value={overlap} options={OVERLAPS} onValue={setOverlap} />
      </Form>
    </Dialog>
  );
}
