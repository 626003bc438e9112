/** Plans in the memory of another module, computed by threads: there, if the memory is shared; if not, in theirs. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PaintedModule } from "../../test/painted-module.ts";
import { conv2d } from "../conv/conv.ts";
import { plannerIn } from "../simd/engine/planner-in.ts";
import { tensor } from "../tensor/tensor.ts";
import { planFilterGradient, planInputGradient } from "../verbs/gradient-plans.ts";
import { plan } from "../verbs/plan.ts";
import { startThreads, stopThreads } from "./start.ts";

const shape = [1, 56, 56, 64] as const;
const wide = [1, 35, 35, 64] as const;
const large = [1, 112, 112, 128] as const;
const filter = tensor([3, 3, 64, 64], pattern(9 * 64 * 64));
const five = tensor([5, 5, 64, 64], pattern(25 * 64 * 64));
const options = { padding: "same" } as const;

/** Scratch of the threads, too, is taken from the module. */
const PAGES = 2048;

/** Values whose sums depend on the order. */
function pattern(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => Math.fround(Math.sin(7 * n)));
}

beforeEach(() => startThreads({ threads: 2 }));
afterEach(stopThreads);

interface Prepared {
  readonly threads?: number;
  run(...arrays: Float32Array[]): Float32Array;
  [Symbol.dispose](): void;
}

/** Plans, and the shapes of what they take. */
const PASSES: readonly { name: string; prepare: () => Prepared; shapes: readonly (readonly number[])[] }[] = [
  { name: "forward", prepare: () => plan(conv2d, shape, filter, options) as Prepared, shapes: [shape] },
  { name: "5×5", prepare: () => plan(conv2d, wide, five, options) as Prepared, shapes: [wide] },
  {
    name: "input gradient",
    prepare: () => planInputGradient(conv2d, shape, filter, options) as Prepared,
    shapes: [shape],
  },
  {
    name: "filter gradient",
    prepare: () => planFilterGradient(conv2d, large, [3, 3, 128, 128], options) as Prepared,
    shapes: [large, large],
  },
];

describe.each([false, true])("a memory that is shared: %s", (shared) => {
  it.each(PASSES)("$name has the bits of one thread", async ({ prepare, shapes }) => {
    const module = new PaintedModule(shared, PAGES);
    const inModule = plannerIn(module);
    const threaded = inModule(prepare);
    expect(threaded.threads).toBe(2);
    await stopThreads();
    const alone = prepare();
    expect(alone).not.toHaveProperty("threads");

    const sources = shapes.map((of) => pattern(of.reduce((a, b) => a * b)));
    const expected = alone.run(...sources);
    await startThreads({ threads: 2 });
    const held = sources.map((values) => module.array(values));
    const y = module.array(new Float32Array(expected.length).fill(Number.NaN));
    threaded.run(...held, y);
    expect(sameBits(y, expected)).toBe(true);
    expect(sameBits(threaded.run(...sources), expected)).toBe(true);
    threaded[Symbol.dispose]();
    await stopThreads();
    expect(inModule(prepare)).not.toHaveProperty("threads");
  });

  it("small plans stay on the calling thread", () => {
    const small = plannerIn(new PaintedModule(shared, PAGES))(() => plan(conv2d, [1, 3, 3, 64], filter, options));
    expect(small).not.toHaveProperty("threads");
  });
});

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [of, others] = [a, b].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length));
  return of!.every((bits, n) => bits === others![n]);
}
