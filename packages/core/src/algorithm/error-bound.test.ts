import { expect, it } from "vitest";
import { mostCopies } from "./error-bound.ts";

it("the copies of a cell are counted, of the first as of any other, and absent cells are none", () => {
  expect(mostCopies(Int32Array.of(0, 0, 0, 1, 2, 2))).toBe(3);
  expect(mostCopies(Int32Array.of(0, 1, 2, 2, 2, 2))).toBe(4);
  expect(mostCopies(Int32Array.of(-1, -1, -1, 0, 1, 1))).toBe(2);
  expect(mostCopies(Int32Array.of(-1, -1))).toBe(1);
});
