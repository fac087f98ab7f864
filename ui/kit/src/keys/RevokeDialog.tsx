import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey } from "../api/types";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Input } from "../ui/Field";
import { toast } from "../ui/Toaster";
import { type KeySource, nameOf } from "./source";

interface RevokeDialogProps {
  source: KeySource;
  apiKey: ApiKey;
  onClose: () => void;
}

/** Ends a key for good, once its name is typed. */
export function RevokeDialog({ source, apiKey, onClose }: RevokeDialogProps) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const revoke = async () => {
    await source.revoke(apiKey.id, reason.trim());
    toast(`${nameOf(apiKey)} is revoked`);
    await queries.invalidateQueries({ queryKey: source.name });
  };
  return (
    <ConfirmDialog
      title={`Revoke ${nameOf(apiKey)}?`}
      confirm="Revoke the key"
      typed={nameOf(apiKey)}
      onConfirm={revoke}
      onClose={onClose}
    >
      <div className="grid gap-4">
        <p>Whatever uses it is refused within a second. This cannot be undone.</p>
        <div className="text-text">
          <Input
            label="Reason"
            optional
            value={reason}
            onValue={setReason}
            maxLength={512}
            hint="Kept with the key and in the audit log."
          />
        </div>
      </div>
    </ConfirmDialog>
  );
}
