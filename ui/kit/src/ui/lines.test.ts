import { expect, it } from "vitest";
import { lines } from "./lines";

it("takes one a line or with commas, each once", () => {
  expect(lines(" a.example \n\nb.example, a.example,")).toEqual(["a.example", "b.example"]);
});
