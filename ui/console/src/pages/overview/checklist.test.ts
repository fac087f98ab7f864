import { describe, expect, it } from "vitest";
import { steps } from "./checklist";
import { sum } from "./keyFigures";

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

describe("the key figures", () => {
  it("add up, and list what expires first first", () => {
    const key = (id: string, expireTime: string) => ({
      id,
      organizationId: "org",
      createTime: "",
      updateTime: "",
      creator: {},
      enabled: true,
      expireTime,
    });
    const figures = sum(
      [
        { active: 2, used: false, expiring: [key("b", "2026-02-02")] },
        { active: 3, used: true, expiring: [key("a", "2026-01-01")] },
      ],
      true,
    );
    expect(figures.active).toBe(5);
    expect(figures.used).toBe(true);
    expect(figures.expiring.map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
