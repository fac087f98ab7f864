import { expect, test } from "vitest";
import { formatSeconds, fromNow } from "./time";

const now = Date.parse("2026-01-31T12:00:00Z");

test("moments are said by their distance", () => {
  expect(fromNow("2026-01-31T11:59:58Z", now)).toBe("just now");
  expect(fromNow("2026-01-31T11:57:00Z", now)).toBe("3 minutes ago");
  expect(fromNow("2026-03-02T11:59:30Z", now)).toBe("in 30 days");
  expect(fromNow("2025-01-01T00:00:00Z", now)).toBe("last year");
});

test("lengths are said in their largest even unit", () => {
  expect(formatSeconds(86_400)).toBe("1 day");
  expect(formatSeconds(5400)).toBe("90 minutes");
  expect(formatSeconds(61)).toBe("61 seconds");
});
