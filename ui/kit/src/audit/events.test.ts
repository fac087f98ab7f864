import { expect, test } from "vitest";
import { actorOf, describeEvent } from "./events";

test("events are said in words", () => {
  expect(describeEvent("tesseral.api_keys.create")).toBe("API key created");
  expect(describeEvent("tesseral.rbac_policy.update")).toBe("RBAC policy changed");
  expect(describeEvent("tesseral.access.refuse")).toBe("Access refused");
  expect(describeEvent("tesseral.users.assign_role")).toBe("User got a role");
});

test("events that are not known keep their names", () => {
  expect(describeEvent("acme.reports.create")).toBe("acme.reports.create");
  expect(describeEvent("tesseral.api_keys.frobnicate")).toBe("tesseral.api_keys.frobnicate");
});

test("an event without an actor was the server's doing", () => {
  const event = { id: "e", eventName: "x", eventTime: "2026-01-01T00:00:00Z" };
  expect(actorOf(event)).toEqual({ kind: "The server" });
  expect(actorOf({ ...event, actorUserId: "user_1" })).toEqual({ kind: "A person", id: "user_1" });
});
