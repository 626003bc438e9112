/**
 * Computes every case of the table by every algorithm of the built core and holds it to its bound, in whatever runtime
 * starts this file. It needs nothing of Node:
 *
 *     pnpm build && npx deno run test/runtimes/smoke.ts && npx bun run test/runtimes/smoke.ts
 *
 * @module
 */

import { algorithms, conv2d, tensor } from "@corr2d/core";
import { CASES, elementBounds, judge, realData, reference } from "@corr2d/testkit";

let checked = 0;
for (const convCase of CASES) {
  const data = realData(convCase, 1);
  const truth = reference(convCase, "forward", data);
  const bounds = elementBounds(convCase, "forward", data);
  const { inputShape, filterShape, strides, padding, dilations, groups } = convCase;
  for (const { name } of algorithms) {
    const options = { strides, padding, dilations, groups, bias: data.bias, algorithm: name } as const;
    const y = conv2d(tensor(inputShape, data.x), tensor(filterShape, data.filter), options);
    const { ok, reason } = judge(y.data, truth, bounds);
    if (!ok) throw new Error(`${convCase.name}, ${name}: ${reason}`);
    checked++;
  }
}
if (checked === 0) throw new Error("nothing was checked");
console.log(`${checked} results within their bounds: ${navigator.userAgent}`);
