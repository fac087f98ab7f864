import { expect, test } from "vitest";
import { dayFromNow, expiryOf, expiryOptions, firstChoice } from "./expiry";

test("without a longest lifetime a key may live for ever, and lives 30 days unless told", () => {
  expect(expiryOptions().map(({ value }) => value)).toEqual(["1", "7", "30", "90", "date", "never"]);
  expect(firstChoice()).toBe("30");
});

test("a longest lifetime takes away what is longer", () => {
  expect(expiryOptions(8 * 86_400).map(({ value }) => value)).toEqual(["1", "7", "date"]);
  expect(firstChoice(8 * 86_400)).toBe("7");
  expect(firstChoice(3600)).toBe("date");
});

test("choices are sent as the API takes them", () => {
  expect(expiryOf("7", "")).toEqual({ expiresInSeconds: 604_800 });
  expect(expiryOf("never", "")).toEqual({});
  expect(Date.parse(expiryOf("date", "2030-01-31").expireTime ?? "")).toBe(new Date(2030, 0, 31, 23, 59, 59).getTime());
});

test("days go over the ends of months", () => {
  expect(dayFromNow(1, new Date(2026, 0, 31))).toBe("2026-02-01");
});
