import { expect, it } from "vitest";
import { EXAMPLE_BODY, wrongPrefix } from "./prefix";

it("takes what keys can begin with", () => {
  expect(wrongPrefix("acme_sk_")).toBeUndefined();
  expect(wrongPrefix("Acme-")).toMatch(/Only/);
  expect(wrongPrefix("a".repeat(65))).toMatch(/64/);
});

it("shows a key of the length that keys have", () => {
  expect(EXAMPLE_BODY).toMatch(/^[0-9a-z]{55}$/);
});
