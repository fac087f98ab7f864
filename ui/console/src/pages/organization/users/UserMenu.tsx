import { ConfirmDialog, Menu, toast } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../../data/api";
import { failed } from "../../../data/failed";
import type { User } from "../../../data/types";
import { impersonate } from "./impersonate";
import { RolesDialog } from "./RolesDialog";
import { SessionsDialog } from "./SessionsDialog";

/** What can be done with a person. */
export function UserMenu({ user }: { user: User }) {
  const { id, organizationId, owner } = user;
  const name = user.displayName || user.email;
  const [open, setOpen] = useState<"roles" | "sessions" | "impersonate" | "remove">();
  const close = () => setOpen(undefined);
  const setOwner = async () => {
    await call(backend.PATCH("/v1/users/{id}", { params: { path: { id } }, body: { owner: !owner } }));
    await renew(["users", organizationId]);
    toast(owner ? `${name} is no longer an owner.` : `${name} is an owner now.`);
  };
  const remove = async () => {
    await call(backend.DELETE("/v1/users/{id}", { params: { path: { id } } }));
    await renew(["users", organizationId]);
    toast(`${name} was removed.`);
  };
  return (
    <>
      <Menu
        label={`Actions for ${name}`}
        items={[
          { label: "Roles…", onSelect: () => setOpen("roles") },
          { label: "Sessions…", onSelect: () => setOpen("sessions") },
          { label: owner ? "Make a member" : "Make an owner", onSelect: () => void setOwner().catch(failed) },
          { label: "Sign in as them…", onSelect: () => setOpen("impersonate") },
          { label: "Remove…", danger: true, onSelect: () => setOpen("remove") },
        ]}
      />
      <div className="text-left">
        {open === "roles" && <RolesDialog user={user} onClose={close} />}
        {open === "sessions" && <SessionsDialog user={user} onClose={close} />}
        {open === "impersonate" && (
          <ConfirmDialog
            title={`Sign in as ${name}?`}
            confirm="Sign in as them"
            harmless
            onConfirm={() => impersonate(id)}
            onClose={close}
          >
            A new tab opens in which you are {name} for an hour at most. The audit log says that it was you.
          </ConfirmDialog>
        )}
        {open === "remove" && (
          <ConfirmDialog title={`Remove ${name}?`} confirm="Remove" onConfirm={remove} onClose={close}>
            They are signed out at once, and the keys that they made for themselves go with them.
          </ConfirmDialog>
        )}
      </div>
    </>
  );
}
