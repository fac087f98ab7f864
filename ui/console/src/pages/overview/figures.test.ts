import { expect, it } from "vitest";
import { soonest } from "./figures";

it("shows what expires first first", () => {
  const key = (id: string, expireTime: string) => ({
    id,
    organizationId: "org",
    createTime: "",
    updateTime: "",
    creator: {},
    enabled: true,
    expireTime,
  });
  const keys = soonest([key("b", "2026-02-02T00:00:00Z"), key("a", "2026-01-01T00:00:00Z")]);
  expect(keys.map(({ id }) => id)).toEqual(["a", "b"]);
});
