import { expect, test } from "vitest";
import { describeLimit, newLimit } from "./limits";

test("limits are said in words", () => {
  expect(describeLimit({ name: "a", kind: "WINDOW", limit: 100, windowSeconds: 60 })).toBe("100 a minute");
  expect(describeLimit({ name: "a", kind: "WINDOW", limit: 1000, windowSeconds: 3600 })).toBe("1,000 an hour");
  expect(describeLimit({ name: "a", kind: "BUCKET", limit: 10, burst: 50, windowSeconds: 10 })).toBe(
    "10 per 10 seconds, up to 50 at once",
  );
  expect(describeLimit({ name: "a", kind: "QUOTA", limit: 5000, period: "MONTH", onlyWhenNamed: true })).toBe(
    "5,000 a month, only where it is asked for",
  );
});

test("a new limit takes a free name", () => {
  expect(newLimit([]).name).toBe("requests");
  expect(newLimit(["requests", "limit-2"]).name).toBe("limit-3");
});
