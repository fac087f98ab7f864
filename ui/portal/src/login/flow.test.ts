import { expect, test } from "vitest";
import { destination } from "./flow";

const session = { accessToken: "a", refreshToken: "r" };

test("a login goes where the app wants it, or to the start", () => {
  expect(destination(session, "project_1")).toBe("/");
  expect(destination({ ...session, redirectUri: "https://app.example.com/x?y=1" }, "project_1")).toBe(
    "https://app.example.com/x?y=1",
  );
});

test("an app on another domain gets its token as it asked for it", () => {
  const relayed = { ...session, redirectUri: "https://app.example.com/x", relayedSessionToken: "t" };
  expect(destination(relayed, "project_1")).toBe(
    "https://app.example.com/x#__tesseral_project_1_relayed_session_token=t",
  );
  expect(destination({ ...relayed, returnRelayedSessionTokenAsQueryParam: true }, "project_1")).toBe(
    "https://app.example.com/x?__tesseral_project_1_relayed_session_token=t&__tesseral_project_1_redirect_uri=https%3A%2F%2Fapp.example.com%2Fx",
  );
});
