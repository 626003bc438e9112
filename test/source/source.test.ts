import { convolve2d, tensor, zeros } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { expect, test } from "vitest";

// Runs in Node and in the browser: whatever resolves modules there must find the source, not a build of yesterday.
test("packages are imported from their source", () => {
  const thrownBy = (call: () => unknown): string | undefined => {
    try {
      call();
    } catch (error) {
      return (error as Error).stack;
    }
    return undefined;
  };
  expect(thrownBy(() => convolve2d(tensor([1, 1], [1]), zeros([2, 2])))).toMatch(/packages\/core\/src\/[\w/-]+\.ts/);
  expect(thrownBy(() => seededRandom(0.5))).toMatch(/packages\/testkit\/src\/random\.ts/);
});
