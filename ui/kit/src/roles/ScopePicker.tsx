import type { Action } from "../api/types";
import { Checkbox } from "../ui/Checkbox";
import { groupScopes, shortScope } from "./scopes";

interface ScopePickerProps {
  /** Those that may be chosen. */
  actions: readonly Action[];
  selected: ReadonlySet<string>;
  onSelected: (selected: ReadonlySet<string>) => void;
}

/** Actions as checkboxes, by the resource that they act on. */
export function ScopePicker({ actions, selected, onSelected }: ScopePickerProps) {
  const choose = (names: readonly string[], chosen: boolean) => {
    const next = new Set(selected);
    for (const name of names) {
      if (chosen) next.add(name);
      else next.delete(name);
    }
    onSelected(next);
  };
  return (
    <div className="grid max-h-72 gap-4 overflow-y-auto rounded-lg border border-line p-4">
      {groupScopes(actions).map(({ resource, actions }) => {
        const names = actions.map(({ name }) => name);
        const chosen = names.filter((name) => selected.has(name)).length;
        return (
          <div key={resource} role="group" aria-label={resource} className="grid gap-2">
            <Checkbox
              label={<span className="font-mono text-sm font-medium">{resource}</span>}
              checked={chosen === names.length}
              mixed={chosen > 0 && chosen < names.length}
              onChecked={(all) => choose(names, all)}
            />
            <div className="grid gap-2 pl-6.5 sm:grid-cols-2">
              {actions.map(({ name, description }) => (
                <Checkbox
                  key={name}
                  label={<span className="font-mono text-sm">{shortScope(resource, name)}</span>}
                  hint={description || undefined}
                  checked={selected.has(name)}
                  onChecked={(one) => choose([name], one)}
                />
              ))}
            </div>
          </div>
        );
      })}
    </div>
  );
}
