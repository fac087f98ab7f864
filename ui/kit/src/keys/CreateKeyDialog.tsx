import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fieldOf, sentence } from "../api/errors";
import type { LimitBody } from "../api/types";
import { ScopePicker } from "../roles/ScopePicker";
import { Checkbox } from "../ui/Checkbox";
import { Dialog } from "../ui/Dialog";
import { Input } from "../ui/Field";
import { Form } from "../ui/Form";
import { Notice } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { dayFromNow, expiryOf, firstChoice } from "./expiry";
import { ExpiryField } from "./ExpiryField";
import { LimitsEditor } from "./LimitsEditor";
import { SecretOnce } from "./SecretOnce";
import type { KeySource } from "./source";
import { useOnce } from "./useOnce";

interface CreateKeyDialogProps {
  source: KeySource;
  onClose: () => void;
}

/** Makes a key, then shows its secret. */
export function CreateKeyDialog({ source, onClose }: CreateKeyDialogProps) {
  const queries = useQueryClient();
  const once = useOnce();
  const [displayName, setDisplayName] = useState("");
  const [choice, setChoice] = useState(() => firstChoice(source.maxLifetimeSeconds));
  const [date, setDate] = useState(() => dayFromNow(1));
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  const [roles, setRoles] = useState<ReadonlySet<string>>(new Set());
  const [limits, setLimits] = useState<readonly LimitBody[]>([]);
  const [wrong, setWrong] = useState<{ field?: string; text: string }>();
  const [secret, setSecret] = useState<string>();

  if (secret) {
    return <SecretOnce title="Your new key" secret={secret} curl={source.curl(secret)} onClose={onClose} />;
  }
  const create = async () => {
    setWrong(undefined);
    try {
      const wanted = {
        displayName: displayName.trim(),
        ...expiryOf(choice, date),
        actions: scopes.size ? [...scopes] : undefined,
        roleIds: roles.size ? [...roles] : undefined,
        limits: limits.length ? [...limits] : undefined,
      };
      const key = await source.create(wanted, once(wanted));
      setSecret(key.secretToken);
      void queries.invalidateQueries({ queryKey: source.name });
    } catch (error) {
      setWrong({ field: fieldOf(error), text: sentence(error) });
      throw error;
    }
  };
  return (
    <Dialog wide title="Create an API key" onClose={onClose}>
      <Form submit="Create the key" onSubmit={create} onCancel={onClose}>
        <Input
          label="Name"
          hint="What it is for, so that you know it again."
          value={displayName}
          onValue={setDisplayName}
          error={wrong?.field === "displayName" ? wrong.text : undefined}
          required
          maxLength={256}
          autoComplete="off"
        />
        <ExpiryField
          {...{ choice, date }}
          onChoice={setChoice}
          onDate={setDate}
          maxLifetimeSeconds={source.maxLifetimeSeconds}
        />
        <Grants source={source} {...{ scopes, roles }} onScopes={setScopes} onRoles={setRoles} />
        <details>
          <summary className="cursor-pointer font-medium">Limits</summary>
          <div className="pt-3">
            <LimitsEditor limits={limits} onLimits={setLimits} />
          </div>
        </details>
      </Form>
    </Dialog>
  );
}

interface GrantsProps {
  source: KeySource;
  scopes: ReadonlySet<string>;
  roles: ReadonlySet<string>;
  onScopes: (scopes: ReadonlySet<string>) => void;
  onRoles: (roles: ReadonlySet<string>) => void;
}

/** What the key may do: actions that the caller holds, and roles that grant no others. */
function Grants({ source, scopes, roles, onScopes, onRoles }: GrantsProps) {
  const actions = useQuery({ queryKey: [...source.name, "actions"], queryFn: () => source.actions() });
  const known = useQuery({ queryKey: [...source.name, "roles"], queryFn: () => source.roles() });
  if (actions.error || known.error) return <Notice tone="bad">{sentence(actions.error ?? known.error)}</Notice>;
  if (!actions.data || !known.data) return <Skeleton className="h-24" />;
  const held = actions.data.filter(({ name }) => source.holds(name));
  const grantable = known.data.filter((role) => role.actions?.every((name) => source.holds(name)) ?? true);
  return (
    <>
      {held.length > 0 && (
        <fieldset>
          <legend className="mb-1.5 font-medium">Scopes</legend>
          <ScopePicker actions={held} selected={scopes} onSelected={onScopes} />
        </fieldset>
      )}
      {grantable.length > 0 && (
        <fieldset className="grid gap-2">
          <legend className="mb-1.5 font-medium">Roles</legend>
          {grantable.map((role) => (
            <Checkbox
              key={role.id}
              label={role.displayName || role.id}
              hint={role.description || undefined}
              checked={roles.has(role.id)}
              onChecked={(chosen) =>
                onRoles(new Set(chosen ? [...roles, role.id] : [...roles].filter((id) => id !== role.id)))
              }
            />
          ))}
        </fieldset>
      )}
      {held.length === 0 && grantable.length === 0 && (
        <p className="text-quiet">
          There is nothing to give it but access itself: no scopes are defined for you to pass on.
        </p>
      )}
    </>
  );
}
