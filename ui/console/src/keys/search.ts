import type { KeyFilter, KeyStateName } from "@lockwork/kit";

const STATES: readonly string[] = ["ACTIVE", "DISABLED", "EXPIRED", "REVOKED"] satisfies KeyStateName[];
const isState = (value: unknown): value is KeyStateName => typeof value === "string" && STATES.includes(value);

/** The filter of a list of keys as the address has it. */
export function keySearch({ search, state }: Record<string, unknown>): KeyFilter {
  return {
    ...(typeof search === "string" && search && { search }),
    ...(isState(state) && { state }),
  };
}
