import { expect, it } from "vitest";
import { auditSearch } from "./search";

it("takes from the address what it knows, and no day that is none", () => {
  const address = {
    event: "lockwork.api_keys.create",
    from: "yesterday",
    to: "2026-01-31",
    page: 3,
    resource: "",
    person: "ada",
  };
  expect(auditSearch(address)).toEqual({ event: "lockwork.api_keys.create", to: "2026-01-31" });
  const person = `user_${"0".repeat(24)}7`;
  expect(auditSearch({ person })).toEqual({ person });
});
