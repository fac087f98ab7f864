import { Button, ConfirmDialog } from "@lockwork/kit";
import { useState } from "react";
import { useMayWrite } from "../../data/staff";
import { updateProject, useProject } from "./context";
import { ProviderDialog } from "./ProviderDialog";
import type { Provider } from "./providers";

/** The project's own client at a provider. */
export function ProviderClient({ provider }: { provider: Provider }) {
  const clientId = useProject()[provider.id];
  const mayWrite = useMayWrite();
  const [open, setOpen] = useState<"change" | "remove">();
  const close = () => setOpen(undefined);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0">
        <p className="font-medium">{provider.name}</p>
        <p className={`text-sm break-all text-quiet ${clientId ? "font-mono" : ""}`}>
          {clientId || "None of your own"}
        </p>
      </div>
      {mayWrite && (
        <div className="flex gap-2">
          {clientId && (
            <Button
              small
              kind="quiet"
              aria-label={`Remove the client at ${provider.name}`}
              onClick={() => setOpen("remove")}
            >
              Remove
            </Button>
          )}
          <Button
            small
            aria-label={`${clientId ? "Change" : "Set"} the client at ${provider.name}`}
            onClick={() => setOpen("change")}
          >
            {clientId ? "Change" : "Set"}
          </Button>
        </div>
      )}
      {open === "change" && <ProviderDialog provider={provider} onClose={close} />}
      {open === "remove" && (
        <ConfirmDialog
          title={`Remove your client at ${provider.name}?`}
          confirm="Remove the client"
          onConfirm={() => updateProject({ [provider.id]: null })}
          onClose={close}
        >
          People sign in through the server's own client from now on, or not with {provider.name} at all if it has none.
        </ConfirmDialog>
      )}
    </div>
  );
}
