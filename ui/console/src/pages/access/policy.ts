import type { Action } from "@lockwork/kit";

const NAME = /^[a-z0-9_]+\.[a-z0-9_]+\.[a-z0-9_]+$/;

/** What is wrong with the name of a new action; nothing if it is good. */
export function wrongName(name: string, actions: readonly Action[], renamed?: string): string | undefined {
  if (!NAME.test(name)) return "Three parts with dots between, such as acme.widgets.read: a-z, 0-9 and _ only.";
  if (name !== renamed && actions.some((action) => action.name === name))
    return "There is an action of this name already.";
  return undefined;
}

/** The policy with an action added, or put in the place of another of its name. */
export function withAction(actions: readonly Action[], action: Action, replaced?: string): Action[] {
  return [...actions.filter(({ name }) => name !== replaced), action].toSorted((one, other) =>
    one.name.localeCompare(other.name),
  );
}
