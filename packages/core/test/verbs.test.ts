/**
 * Every verb takes every operation, in both element types: plans are what is computed once, in resident arrays as in others,
 * all say the same facts of themselves, and none runs after it was disposed of.
 */

import * as core from "@corr2d/core";
import { describe, expect, it } from "vitest";
import { arraysIn } from "./arrays-in.ts";
import { fill } from "./other-orders.ts";

type Data = core.FloatArray;
type AnyTensor = core.Tensor<readonly number[], Data>;
type Filter = AnyTensor | Readonly<Record<string, AnyTensor>>;
type Arrays = Data | core.ResidentArray | Readonly<Record<string, Data | core.ResidentArray>>;
interface AnyPlan extends core.PlanFacts<readonly number[], string> {
  run(...arrays: Arrays[]): Arrays;
}

/** The verbs, of operations and shapes of any kind. */
const verbs = core as unknown as {
  plan(operation: unknown, inputShape: readonly number[], filter: Filter, options: object): AnyPlan;
  planInputGradient: typeof verbs.plan;
  planFilterGradient(operation: unknown, inputShape: readonly number[], filter: unknown, options: object): AnyPlan;
  inputGradient(operation: unknown, dy: AnyTensor, filter: Filter, shape: readonly number[], o: object): AnyTensor;
  filterGradient(operation: unknown, x: AnyTensor, dy: AnyTensor, filter: unknown, options: object): Filter;
  gradients(
    operation: unknown,
    x: AnyTensor,
    filter: Filter,
    dy: AnyTensor,
    o: object,
  ): { input: AnyTensor; filter: Filter };
  explain(
    operation: unknown,
    x: unknown,
    filter: unknown,
    options: object,
  ): core.Explanation<readonly number[], string>;
};

const tensorOf = (dtype: core.DType, shape: readonly number[], k: number): AnyTensor => ({
  shape,
  data: dtype === "float64" ? Float64Array.from(fill(shape, k)) : fill(shape, k),
});

const strict = { precision: "strict" };
const OPERATIONS: readonly (readonly [name: string, x: readonly number[], filter: unknown, options: object])[] = [
  ["conv1d", [2, 9, 4], [3, 2, 6], { groups: 2, padding: "same" }],
  ["conv2d", [1, 9, 7, 4], [3, 3, 4, 8], { padding: 1, ...strict }],
  ["conv2d", [1, 4, 6, 7], [3, 3, 4, 8], { layout: "NCHW", padding: 2, paddingMode: "symmetric", ...strict }],
  ["conv3d", [1, 4, 5, 6, 2], [2, 3, 3, 2, 4], { padding: 1, ...strict }],
  ["convTranspose1d", [1, 5, 4], [3, 2, 4], { strides: 2 }],
  ["convTranspose2d", [1, 5, 6, 4], [3, 3, 4, 4], { strides: 2, padding: "same" }],
  ["convTranspose3d", [1, 3, 4, 3, 2], [2, 2, 2, 3, 2], { strides: 2 }],
  ["depthwiseConv2d", [1, 8, 9, 4], [3, 3, 4, 2], { padding: "same", ...strict }],
  [
    "separableConv2d",
    [1, 8, 9, 4],
    { depthwise: [3, 3, 4, 2], pointwise: [1, 1, 8, 6] },
    { padding: "same", ...strict },
  ],
  ["corr2d", [9, 8], [3, 2], { mode: "same", boundary: "reflect" }],
  ["convolve2d", [9, 8], [2, 3], { mode: "full" }],
];

const CASES = OPERATIONS.flatMap(([name, ...rest]) =>
  (["float32", "float64"] as const).map((dtype) => [name, dtype, ...rest] as const),
);

const isShape = (value: unknown): value is readonly number[] => Array.isArray(value);

/** What is made of each part of a filter, or of the whole. */
const mapParts = <P, Q>(
  whole: P | Readonly<Record<string, P>>,
  isPart: (value: unknown) => boolean,
  f: (part: P) => Q,
) =>
  isPart(whole)
    ? f(whole as P)
    : Object.fromEntries(Object.entries(whole as Record<string, P>).map(([key, part]) => [key, f(part)]));

const isTensor = (value: unknown): boolean => isShape((value as AnyTensor).shape);
const dataOf = (filter: Filter) => mapParts(filter, isTensor, ({ data }: AnyTensor) => data) as Arrays;
const isData = (value: unknown): boolean => ArrayBuffer.isView(value) || (value instanceof Object && "read" in value);

const FACTS = ["algorithm", "engine", "errorBound", "inputShape", "outputShape", "reason", "run", "scratchBytes"];

describe.each(CASES)("%s of %s", (name, dtype, inputShape, filterShape, options) => {
  const operation = (core as unknown as Record<string, (x: AnyTensor, f: Filter, o: object) => AnyTensor>)[name];
  const x = tensorOf(dtype, inputShape, 1);
  const filter = mapParts(filterShape as readonly number[], isShape, (shape) => tensorOf(dtype, shape, 2)) as Filter;
  const y = operation(x, filter, options);
  const dy = tensorOf(dtype, y.shape, 3);
  /** What stands for a filter where its gradient is asked for: its shape, but of a separable one itself. */
  const asked = isShape(filterShape) ? filterShape : filter;
  const dx = verbs.inputGradient(operation, dy, filter, inputShape, options);
  const dw = verbs.filterGradient(operation, x, dy, asked, options);
  const withDtype = { ...options, ...(isShape(filterShape) && { dtype }) };

  const plans = (): readonly (readonly [string, AnyPlan, readonly Data[], Arrays])[] => [
    ["forward", verbs.plan(operation, inputShape, filter, options), [x.data], y.data],
    ["inputGradient", verbs.planInputGradient(operation, inputShape, filter, options), [dy.data], dx.data],
    [
      "filterGradient",
      verbs.planFilterGradient(operation, inputShape, asked, withDtype),
      [x.data, dy.data],
      dataOf(dw),
    ],
  ];

  it("is planned, forward and backward, and gives what is computed once", () => {
    for (const [, planned, given, expected] of plans()) {
      expect(planned.run(...given)).toEqual(expected);
      const target = mapParts(expected as Data, isData, (data) => data.slice().fill(99)) as Arrays;
      expect(planned.run(...given, target)).toBe(target);
      expect(target).toEqual(expected);
    }
  });

  it("has all gradients at once", () => {
    const found = verbs.gradients(operation, x, filter, dy, options);
    expect(found.input).toEqual(dx);
    expect(found.filter).toEqual(dw);
  });

  it("says of every plan the same facts, and explains them without one", () => {
    for (const [pass, planned] of plans()) {
      expect(Object.keys(planned)).toEqual(expect.arrayContaining(FACTS));
      const { algorithm, engine, reason, errorBound } = planned;
      const explained = verbs.explain(operation, x, filter, { ...options, pass });
      expect(explained).toMatchObject({ algorithm, engine, reason, errorBound, inputShape, outputShape: y.shape });
      expect(errorBound.constant).toBeGreaterThanOrEqual(0);
      expect(errorBound.constant).toBeLessThan(dtype === "float64" ? 1e-12 : 1e-3);
      expect(planned).toMatchObject({ inputShape, outputShape: y.shape });
      if (dtype === "float64") expect(engine).toBe("scalar");
    }
  });

  it("gives results that share no array with what was given, nor with each other", () => {
    const results = [
      operation(x, filter, options),
      verbs.inputGradient(operation, dy, filter, inputShape, options),
      verbs.filterGradient(operation, x, dy, asked, options),
      verbs.gradients(operation, x, filter, dy, options),
      verbs.explain(operation, x, filter, options),
      verbs.explain(operation, inputShape, filterShape, options),
      ...plans().map(([, planned]) => planned),
    ].map(arraysIn);
    const given = arraysIn([x, filter, dy, inputShape, filterShape, options]);
    for (const [i, found] of results.entries()) {
      expect(found.length).toBeGreaterThan(0);
      const others = [given, ...results.filter((_, j) => j !== i)].flat();
      expect(found.filter((array) => others.includes(array))).toEqual([]);
    }
  });

  it("refuses to run a plan that was disposed of, and lets that be done twice", () => {
    for (const [, planned, given] of plans()) {
      planned[Symbol.dispose]();
      planned[Symbol.dispose]();
      expect(() => planned.run(...given)).toThrow(/\.run: the plan was disposed of$/);
    }
  });

  it("runs plans over resident arrays, in every operand", () => {
    if (dtype === "float64") return;
    const resident = (data: Data): core.ResidentArray => {
      const array = core.residentArray(data.length);
      array.write(data as Float32Array);
      return array;
    };
    for (const [, planned, given, expected] of plans()) {
      const target = mapParts(expected as Data, isData, (data) => core.residentArray(data.length));
      expect(planned.run(...given.map(resident), target as Arrays)).toBe(target);
      const read = mapParts(target as core.ResidentArray, isData, (array) => array.read());
      expect(read).toEqual(expected);
    }
  });
});

it("exports at most 60 functions and classes", () => {
  const callable = Object.values(core).filter((value) => typeof value === "function");
  expect(callable.length).toBeGreaterThan(20);
  expect(callable.length).toBeLessThanOrEqual(60);
});

it("knows an operation from other functions", () => {
  expect(() => verbs.plan(() => 1, [1], tensorOf("float32", [1], 1), {})).toThrow(
    /^plan: operation must be one, as conv2d is, got Function$/,
  );
  expect(core.conv2d.name).toBe("conv2d");
});

it("asks for both filters of a separable convolution where the gradient of one depends on the other", () => {
  const [x, dy] = [core.zeros([1, 4, 4, 2]), core.zeros([1, 4, 4, 3])];
  const shapes = { depthwise: [1, 1, 2, 1], pointwise: [1, 1, 2, 3] };
  expect(() => verbs.filterGradient(core.separableConv2d, x, dy, shapes, {})).toThrow(
    /^filterGradient\(separableConv2d\): needs the filter itself, not its shape/,
  );
});
