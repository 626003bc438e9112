import { expect, it } from "vitest";
import { sharedEngine } from "../simd/engine/engine.ts";
import { zeros } from "../tensor/tensor.ts";
import { plan } from "../verbs/plan.ts";
import { conv3d } from "./conv.ts";

it("gives back the packed weights of all depth taps when it is disposed of", () => {
  const { memory } = sharedEngine();
  const before = memory.usedBytes;
  const planned = plan(conv3d, [1, 4, 6, 6, 8], zeros([3, 3, 3, 8, 8]), { algorithm: "direct" });
  expect(memory.usedBytes - before).toBeGreaterThanOrEqual(4 * 27 * 8 * 8);
  planned[Symbol.dispose]();
  expect(memory.usedBytes).toBe(before);
});
