/** Plans of `corr2d` and `convolve2d` on both engines: what the functions give, into the caller's array and nowhere else. */

import * as scalar from "@corr2d/core";
import { type Boundary, type Corr2dMode, type Corr2dOptions, type Matrix, tensor } from "@corr2d/core";
import * as simd from "@corr2d/core/simd";
import { describe, expect, it } from "vitest";

const pattern = (rows: number, columns: number, f: (i: number) => number): Matrix =>
  tensor(
    [rows, columns],
    Array.from({ length: rows * columns }, (_, i) => f(i)),
  );
const image = pattern(70, 90, (i) => Math.sin(i * i));
const dense = (h: number, w: number): Matrix => pattern(h, w, (i) => Math.cos(3 * i * i));

const MODES: readonly Corr2dMode[] = ["valid", "same", "full"];
const BOUNDARIES: readonly Boundary[] = ["constant", "reflect", "mirror", "replicate", "circular"];
const KERNELS = { direct: dense(4, 3), separable: pattern(9, 9, () => 1), fft: dense(31, 30) };

describe.each([
  ["scalar", scalar],
  ["SIMD", simd],
] as const)("%s", (_engine, { convolve2d, corr2d, planConvolve2d, planCorr2d }) => {
  it.each(Object.entries(KERNELS))("gives at every run what the function gives: %s", (method, kernel) => {
    for (const mode of MODES) {
      for (const boundary of BOUNDARIES) {
        const chosen = method as keyof typeof KERNELS;
        const options: Corr2dOptions = {
          mode,
          boundary,
          method: chosen,
          ...(boundary === "constant" && { fillValue: 2 }),
        };
        for (const [compute, plan] of [
          [corr2d, planCorr2d(image.shape, kernel, options)],
          [convolve2d, planConvolve2d(image.shape, kernel, options)],
        ] as const) {
          const expected = compute(image, kernel, options);
          expect(plan.outputShape).toEqual(expected.shape);
          expect(plan.run(image.data)).toEqual(expected.data);
          expect(plan.run(image.data)).toEqual(expected.data);
        }
      }
    }
  });

  it("writes into the caller's array and nowhere else, and leaves image and kernel as they were", () => {
    const kernel = dense(5, 5);
    const [x, weights] = [image.data.slice(), kernel.data.slice()];
    const plan = planCorr2d(image.shape, kernel, { mode: "full" });
    const size = plan.outputShape[0] * plan.outputShape[1];
    const memory = new Float32Array(size + 2).fill(-99);
    const y = memory.subarray(1, 1 + size);
    expect(plan.run(x, y)).toBe(y);
    expect(y).toEqual(corr2d(image, kernel, { mode: "full" }).data);
    expect([memory[0], memory[size + 1]]).toEqual([-99, -99]);
    expect(x).toEqual(image.data);
    expect(kernel.data).toEqual(weights);
  });

  it("keeps its own copy of the kernel and of the shape", () => {
    const kernel = dense(5, 5);
    const shape = [70, 90] as [number, number];
    const plan = planCorr2d(shape, kernel);
    const once = plan.run(image.data);
    kernel.data.fill(9);
    shape[0] = 1;
    expect(plan.run(image.data)).toEqual(once);
    expect(plan.inputShape).toEqual([70, 90]);
  });

  it("lets plans take turns, though they share scratch memory", () => {
    const plans = [dense(3, 3), dense(31, 31), dense(7, 5)].map((kernel) => planCorr2d(image.shape, kernel));
    const once = plans.map((plan) => plan.run(image.data));
    expect(plans.map((plan) => plan.run(image.data))).toEqual(once);
  });

  it("looks at every image anew: one that is not finite is not transformed", () => {
    const kernel = dense(41, 41);
    const plan = planCorr2d([200, 200], kernel);
    const finite = new Float32Array(40000).fill(1);
    const broken = finite.with(100 * 200 + 100, NaN);
    const before = plan.run(finite);
    expect(plan.run(broken).filter(Number.isNaN).length).toBe(41 * 41);
    expect(plan.run(finite)).toEqual(before);
    const transform = planCorr2d([200, 200], kernel, { method: "fft" });
    expect(() => transform.run(broken)).toThrow('planCorr2d: method "fft" needs finite values; use "auto"');
  });

  it("computes float64", () => {
    const widened = ({ shape, data }: Matrix): Matrix<Float64Array> => ({ shape, data: Float64Array.from(data) });
    const [x, kernel] = [widened(image), widened(dense(3, 3))];
    expect(planCorr2d(x.shape, kernel).run(x.data)).toEqual(corr2d(x, kernel).data);
  });

  it("refuses arrays that do not fit, by name, value and what is allowed", () => {
    const plan = planCorr2d([4, 5], dense(2, 2));
    const x = new Float32Array(20);
    expect(() => plan.run(new Float32Array(21))).toThrow(
      new RangeError("Corr2dPlan.run: x must have 20 elements, got 21"),
    );
    expect(() => plan.run(x, new Float32Array(11))).toThrow(
      new RangeError("Corr2dPlan.run: y must have 12 elements, got 11"),
    );
    expect(() => plan.run(new Float64Array(20) as never)).toThrow(TypeError);
    expect(() => plan.run(x, new Float64Array(12) as never)).toThrow(TypeError);
    expect(() => plan.run(undefined as never)).toThrow(TypeError);
  });

  it("refuses an output in the memory of the image, and takes one beside it", () => {
    const plan = planCorr2d([4, 5], dense(2, 2));
    const memory = new Float32Array(40);
    const x = memory.subarray(10, 30);
    for (const start of [0, 10, 28]) {
      expect(() => plan.run(x, memory.subarray(start, start + 12))).toThrow(
        "Corr2dPlan.run: y overlaps x in memory; give it memory of its own",
      );
    }
    const apart = new Float32Array(40);
    expect(plan.run(apart.subarray(20), apart.subarray(8, 20))).toHaveLength(12);
    expect(() => planCorr2d([4, 5], dense(1, 1)).run(x, x)).toThrow(RangeError);
  });

  it("refuses shapes and options when it is made", () => {
    const kernel = dense(3, 3);
    expect(() => planCorr2d([2, 9], kernel)).toThrow(
      new RangeError("planCorr2d: kernel height 3 exceeds input height 2"),
    );
    expect(() => planConvolve2d([0, 9], kernel, { mode: "same" })).toThrow(
      new RangeError("planConvolve2d: inputShape [0,9] is empty"),
    );
    expect(() => planCorr2d([4, 5, 1] as never, kernel)).toThrow(RangeError);
    expect(() => planCorr2d([9, 2.5], kernel)).toThrow(RangeError);
    expect(() => planCorr2d("9x9" as never, kernel)).toThrow(TypeError);
    expect(() => planCorr2d([9, 9], undefined as never)).toThrow(TypeError);
    expect(() => planCorr2d([9, 9], kernel, { method: "magic" as never })).toThrow(/^planCorr2d: method must be/);
    expect(() => planCorr2d([9, 9], kernel, { bias: 1 } as never)).toThrow(/^planCorr2d: unknown option "bias"/);
  });
});
