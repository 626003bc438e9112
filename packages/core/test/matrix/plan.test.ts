/** Plans of `corr2d` and `convolve2d` on both engines: what the functions give, into the caller's array and nowhere else. */

import {
  type Boundary,
  type Corr2dMode,
  type Corr2dOptions,
  convolve2d,
  corr2d,
  type Matrix,
  plan,
  residentArray,
  tensor,
} from "@corr2d/core";
import { describe, expect, it } from "vitest";

const pattern = (rows: number, columns: number, f: (i: number) => number): Matrix =>
  tensor(
    [rows, columns],
    Array.from({ length: rows * columns }, (_, i) => f(i)),
  );
const image = pattern(70, 90, (i) => Math.sin(i * i));
const dense = (h: number, w: number): Matrix => pattern(h, w, (i) => Math.cos(3 * i * i));

const MODES: readonly Corr2dMode[] = ["valid", "same", "full"];
const BOUNDARIES: readonly Boundary[] = ["constant", "edge", "reflect", "symmetric", "wrap"];
const KERNELS = { direct: dense(4, 3), separable: pattern(9, 9, () => 1), fft: dense(31, 30) };

describe.each(["scalar", "simd"] as const)("%s", (engine) => {
  it.each(Object.entries(KERNELS))("gives at every run what the function gives: %s", (algorithm, kernel) => {
    for (const mode of MODES) {
      for (const boundary of BOUNDARIES) {
        const chosen = algorithm as keyof typeof KERNELS;
        const options: Corr2dOptions = {
          mode,
          boundary,
          algorithm: chosen,
          engine,
          ...(boundary === "constant" && { fillValue: 2 }),
        };
        for (const [compute, planned] of [
          [corr2d, plan(corr2d, image.shape, kernel, options)],
          [convolve2d, plan(convolve2d, image.shape, kernel, options)],
        ] as const) {
          const expected = compute(image, kernel, options);
          expect(planned.outputShape).toEqual(expected.shape);
          expect(planned.run(image.data)).toEqual(expected.data);
          expect(planned.run(image.data)).toEqual(expected.data);
        }
      }
    }
  });

  it("writes into the caller's array and nowhere else, and leaves image and kernel as they were", () => {
    const kernel = dense(5, 5);
    const [x, weights] = [image.data.slice(), kernel.data.slice()];
    const planned = plan(corr2d, image.shape, kernel, { mode: "full", engine });
    const size = planned.outputShape[0] * planned.outputShape[1];
    const memory = new Float32Array(size + 2).fill(-99);
    const y = memory.subarray(1, 1 + size);
    expect(planned.run(x, y)).toBe(y);
    expect(y).toEqual(corr2d(image, kernel, { mode: "full", engine }).data);
    expect([memory[0], memory[size + 1]]).toEqual([-99, -99]);
    expect(x).toEqual(image.data);
    expect(kernel.data).toEqual(weights);
  });

  it("keeps its own copy of the kernel and of the shape", () => {
    const kernel = dense(5, 5);
    const shape = [70, 90] as [number, number];
    const planned = plan(corr2d, shape, kernel);
    const once = planned.run(image.data);
    kernel.data.fill(9);
    shape[0] = 1;
    expect(planned.run(image.data)).toEqual(once);
    expect(planned.inputShape).toEqual([70, 90]);
  });

  it("lets plans take turns, though they share scratch memory", () => {
    const plans = [dense(3, 3), dense(31, 31), dense(7, 5)].map((kernel) => plan(corr2d, image.shape, kernel));
    const once = plans.map((planned) => planned.run(image.data));
    expect(plans.map((planned) => planned.run(image.data))).toEqual(once);
  });

  it("looks at every image anew: one that is not finite is not transformed", () => {
    const kernel = dense(41, 41);
    const planned = plan(corr2d, [200, 200], kernel);
    const finite = new Float32Array(40000).fill(1);
    const broken = finite.with(100 * 200 + 100, NaN);
    const before = planned.run(finite);
    expect(planned.run(broken).filter(Number.isNaN).length).toBe(41 * 41);
    expect(planned.run(finite)).toEqual(before);
  });

  it("computes float64", () => {
    const widened = ({ shape, data }: Matrix): Matrix<Float64Array> => ({ shape, data: Float64Array.from(data) });
    const [x, kernel] = [widened(image), widened(dense(3, 3))];
    expect(plan(corr2d, x.shape, kernel).run(x.data)).toEqual(corr2d(x, kernel).data);
  });

  it("refuses arrays that do not fit, by name, value and what is allowed", () => {
    const planned = plan(corr2d, [4, 5], dense(2, 2));
    const x = new Float32Array(20);
    expect(() => planned.run(new Float32Array(21))).toThrow(
      new RangeError("plan(corr2d).run: x must have 20 elements, got 21"),
    );
    expect(() => planned.run(x, new Float32Array(11))).toThrow(
      new RangeError("plan(corr2d).run: y must have 12 elements, got 11"),
    );
    expect(() => planned.run(new Float64Array(20) as never)).toThrow(TypeError);
    expect(() => planned.run(x, new Float64Array(12) as never)).toThrow(TypeError);
    expect(() => planned.run(undefined as never)).toThrow(TypeError);
  });

  it("refuses an output in the memory of the image, and takes one beside it", () => {
    const planned = plan(corr2d, [4, 5], dense(2, 2));
    const memory = new Float32Array(40);
    const x = memory.subarray(10, 30);
    for (const start of [0, 10, 28]) {
      expect(() => planned.run(x, memory.subarray(start, start + 12))).toThrow(
        "plan(corr2d).run: y overlaps x in memory; give it memory of its own",
      );
    }
    const apart = new Float32Array(40);
    expect(planned.run(apart.subarray(20), apart.subarray(8, 20))).toHaveLength(12);
    expect(() => plan(corr2d, [4, 5], dense(1, 1)).run(x, x)).toThrow(RangeError);
  });

  it("refuses shapes and options when it is made", () => {
    const kernel = dense(3, 3);
    expect(() => plan(corr2d, [2, 9], kernel)).toThrow(
      new RangeError("plan(corr2d): kernel height 3 exceeds input height 2"),
    );
    expect(() => plan(convolve2d, [0, 9], kernel, { mode: "same" })).toThrow(
      new RangeError("plan(convolve2d): x [0,9] is empty"),
    );
    expect(() => plan(corr2d, [4, 5, 1] as never, kernel)).toThrow(RangeError);
    expect(() => plan(corr2d, [9, 2.5], kernel)).toThrow(RangeError);
    expect(() => plan(corr2d, "9x9" as never, kernel)).toThrow(TypeError);
    expect(() => plan(corr2d, [9, 9], undefined as never)).toThrow(TypeError);
    expect(() => plan(corr2d, [9, 9], kernel, { algorithm: "magic" as never })).toThrow(
      /^plan\(corr2d\): algorithm must be/,
    );
    expect(() => plan(corr2d, [9, 9], kernel, { bias: 1 } as never)).toThrow(/^plan\(corr2d\): unknown option "bias"/);
  });

  it("states its facts, refuses to run once it was disposed of, and copies its shapes", () => {
    const planned = plan(corr2d, [70, 90], dense(5, 5), { engine, precision: "strict" });
    expect(planned).toMatchObject({
      algorithm: "direct",
      engine,
      inputShape: [70, 90],
      outputShape: [66, 86],
      precision: "strict",
      errorBound: { kind: "element" },
    });
    expect(planned.scratchBytes).toBeGreaterThan(0);
    expect(planned.reason).toMatch(/^expected to be fastest/);
    planned[Symbol.dispose]();
    expect(() => planned.run(image.data)).toThrow("plan(corr2d).run: the plan was disposed of");
  });

  it("takes resident arrays", () => {
    for (const [algorithm, kernel] of Object.entries(KERNELS)) {
      const planned = plan(corr2d, [70, 90], kernel, { mode: "same", engine, algorithm: algorithm as "direct" });
      using x = residentArray(70 * 90);
      using y = residentArray(70 * 90);
      x.write(image.data);
      expect(planned.run(x, y)).toBe(y);
      expect(y.read()).toEqual(planned.run(image.data));
    }
  });
});
