import { describe, expect, it } from "vitest";
import { steps } from "./checklist";

const nothing = {
  projectApiKeysEnabled: false,
  actions: 0,
  organizations: 0,
  organizationsWithKeys: 0,
  backendApiKeys: 0,
  keys: { active: 0, used: false },
};

describe("the getting-started checklist", () => {
  it("has nothing done in an empty project", () => {
    expect(steps(nothing).filter((step) => step.done)).toEqual([]);
  });

  it("is all done once a key was used", () => {
    const facts = {
      projectApiKeysEnabled: true,
      actions: 3,
      organizations: 2,
      organizationsWithKeys: 1,
      backendApiKeys: 1,
      keys: { active: 1, used: true },
    };
    expect(steps(facts).every((step) => step.done)).toBe(true);
  });
});
