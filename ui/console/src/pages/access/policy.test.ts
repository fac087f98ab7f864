import { describe, expect, it } from "vitest";
import { withAction, wrongName } from "./policy";

const actions = [{ name: "acme.widgets.read", description: "See widgets" }];

describe("the policy", () => {
  it("takes names of three parts, each once", () => {
    expect(wrongName("acme.widgets.create", actions)).toBeUndefined();
    expect(wrongName("widgets", actions)).toMatch(/Three parts/);
    expect(wrongName("Acme.Widgets.Read", actions)).toMatch(/Three parts/);
    expect(wrongName("acme.widgets.read", actions)).toMatch(/already/);
    expect(wrongName("acme.widgets.read", actions, "acme.widgets.read")).toBeUndefined();
  });

  it("stays sorted", () => {
    const added = withAction(actions, { name: "acme.invoices.read" });
    expect(added.map(({ name }) => name)).toEqual(["acme.invoices.read", "acme.widgets.read"]);
    expect(withAction(added, { name: "acme.invoices.read", description: "New" }, "acme.invoices.read")).toHaveLength(2);
  });
});
