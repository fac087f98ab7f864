import { describe, expect, it } from "vitest";
import { apiHostOf, snippets } from "./snippets";

describe("snippets", () => {
  const values = { apiHost: "keys.example.com", publishableKey: "publishable_key_1" };

  it("name this project's host in every framework", () => {
    for (const snippet of snippets(values)) expect(snippet.code, snippet.name).toContain(values.apiHost);
  });

  it("hold no secret: the Backend API key comes from the environment", () => {
    for (const snippet of snippets(values)) expect(snippet.code, snippet.name).not.toContain("tesseral_secret_key_");
  });

  it("find the APIs beside the console", () => {
    expect(apiHostOf("console.localhost:7777")).toBe("localhost:7777");
    expect(apiHostOf("console.keys.example.com")).toBe("keys.example.com");
  });
});
