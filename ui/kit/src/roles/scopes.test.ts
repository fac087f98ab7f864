import { expect, test } from "vitest";
import { groupScopes, shortScope } from "./scopes";

test("scopes are grouped by the first two parts of their names", () => {
  const names = ["acme.invoices.write", "acme.customers.read", "acme.invoices.read", "status.read", "ping"];
  const groups = groupScopes(names.map((name) => ({ name })));
  expect(
    groups.map(({ resource, actions }) => [resource, actions.map(({ name }) => shortScope(resource, name))]),
  ).toEqual([
    ["acme.customers", ["read"]],
    ["acme.invoices", ["read", "write"]],
    ["ping", ["ping"]],
    ["status", ["read"]],
  ]);
});
