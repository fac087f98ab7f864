import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { ApiKey } from "../api/types";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import type { MenuItem } from "../ui/Menu";
import { toast } from "../ui/Toaster";
import { EditKeyDialog } from "./EditKeyDialog";
import { RevokeDialog } from "./RevokeDialog";
import { RotateDialog } from "./RotateDialog";
import { type KeySource, nameOf, stateOf } from "./source";

type Doing = "rotate" | "edit" | "disable" | "enable" | "endRotation" | "revoke" | "remove";

interface KeyActions {
  /** What the caller may do with a key now. `raising` says whether they hold all that the key may do. */
  itemsFor: (key: ApiKey, raising?: boolean) => readonly (MenuItem | false)[];
  dialog: ReactNode;
}

/** What can be done with a key, each behind its question. */
export function useKeyActions(source: KeySource, onRemoved?: () => void): KeyActions {
  const queries = useQueryClient();
  const [doing, setDoing] = useState<{ what: Doing; key: ApiKey }>();
  const close = () => setDoing(undefined);

  const itemsFor = (key: ApiKey, raising = true) => {
    if (!source.mayManage(key)) return [];
    const state = stateOf(key);
    const item = (what: Doing, label: string, danger = false): MenuItem => ({
      label,
      danger,
      onSelect: () => setDoing({ what, key }),
    });
    if (state === "REVOKED") return [item("remove", "Delete…", true)];
    return [
      raising && state !== "EXPIRED" && item("rotate", "Rotate…"),
      (key.secrets?.length ?? 0) > 1 && item("endRotation", "End the rotation…"),
      item("edit", "Change…"),
      key.enabled ? item("disable", "Disable…") : raising && item("enable", "Enable…"),
      item("revoke", "Revoke…", true),
    ];
  };

  const finish = (work: (id: string) => Promise<unknown>, done: string) => async () => {
    if (!doing) return;
    await work(doing.key.id);
    toast(`${nameOf(doing.key)} ${done}`);
    await queries.invalidateQueries({ queryKey: source.name });
  };
  const remove = async () => {
    if (!doing) return;
    await source.remove(doing.key.id);
    toast(`${nameOf(doing.key)} is deleted`);
    onRemoved?.();
    await queries.invalidateQueries({ queryKey: [...source.name, "list"] });
  };

  const dialog = () => {
    if (!doing) return null;
    const { what, key } = doing;
    const common = { source, apiKey: key, onClose: close };
    switch (what) {
      case "rotate":
        return <RotateDialog {...common} />;
      case "edit":
        return <EditKeyDialog {...common} />;
      case "revoke":
        return <RevokeDialog {...common} />;
      case "disable":
        return (
          <ConfirmDialog
            title={`Disable ${nameOf(key)}?`}
            confirm="Disable the key"
            onConfirm={finish(source.disable, "is disabled")}
            onClose={close}
          >
            Whatever uses it is refused until it is enabled again.
          </ConfirmDialog>
        );
      case "enable":
        return (
          <ConfirmDialog
            harmless
            title={`Enable ${nameOf(key)}?`}
            confirm="Enable the key"
            onConfirm={finish(source.enable, "is enabled")}
            onClose={close}
          >
            It works again with the secret that it has.
          </ConfirmDialog>
        );
      case "endRotation":
        return (
          <ConfirmDialog
            title={`End the rotation of ${nameOf(key)}?`}
            confirm="End the rotation"
            onConfirm={finish(source.endRotation, "has one secret now")}
            onClose={close}
          >
            The former secret stops working at once. Only the new one is left.
          </ConfirmDialog>
        );
      case "remove":
        return (
          <ConfirmDialog title={`Delete ${nameOf(key)}?`} confirm="Delete the key" onConfirm={remove} onClose={close}>
            It is gone from the list. The audit log keeps what happened with it.
          </ConfirmDialog>
        );
    }
  };
  return { itemsFor, dialog: dialog() };
}
