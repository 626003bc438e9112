/**
 * Resident arrays: chains of layers that stay in the memory of the SIMD engine give the bits of the same plans over plain
 * arrays, whatever plans they are.
 */

import {
  conv2d,
  conv3d,
  convTranspose2d,
  depthwiseConv2d,
  type Padding,
  type Plan,
  plan,
  type ResidentArray,
  residentArray,
  type Tensor,
  tensor,
} from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const random = seededRandom(1, "resident");
const normals = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
const weights = <const S extends readonly number[]>(shape: S): Tensor<S> => ({ shape, data: normals(sizeOf(shape)) });

type AnyPlan = Plan<readonly number[]>;

/** The last output of a chain, each layer's in plain memory. */
function plainly(chain: readonly AnyPlan[], x: Float32Array): Float32Array {
  return chain.reduce((activations, planned) => planned.run(activations), x);
}

/** The same, written once and read once. */
function residently(chain: readonly AnyPlan[], x: Float32Array): Float32Array {
  const first = residentArray(x.length);
  first.write(x);
  const last = chain.reduce<ResidentArray>((source, planned) => {
    const target = residentArray(sizeOf(planned.outputShape));
    expect(planned.run(source, target)).toBe(target);
    source[Symbol.dispose]();
    return target;
  }, first);
  return last.read();
}

const relu6 = { activation: "relu6" } as const;
const same = { padding: "same" } as const;
const frame: Padding = [
  [1, 0],
  [0, 2],
];

const CHAINS: Readonly<Record<string, readonly AnyPlan[]>> = {
  "a bottleneck of MobileNetV2: 1x1, depthwise, 1x1": [
    plan(conv2d, [1, 28, 28, 8], weights([1, 1, 8, 48]), { ...relu6, bias: normals(48) }),
    plan(depthwiseConv2d, [1, 28, 28, 48], weights([3, 3, 48, 1]), { ...same, ...relu6, bias: normals(48) }),
    plan(conv2d, [1, 28, 28, 48], weights([1, 1, 48, 8]), { bias: normals(8) }),
  ],
  "a block of VGG: 3x3, 3x3": [
    plan(conv2d, [2, 20, 22, 8], weights([3, 3, 8, 16]), { ...same, activation: "relu" }),
    plan(conv2d, [2, 20, 22, 16], weights([3, 3, 16, 16]), { ...same, activation: "relu" }),
  ],
  "every other way from array to array": [
    plan(conv2d, [1, 9, 11, 3], weights([3, 3, 3, 4]), { algorithm: "tiled", activation: "prelu", slopes: normals(4) }),
    plan(conv2d, [1, 7, 9, 4], weights([3, 3, 4, 4]), {
      padding: frame,
      paddingMode: "reflect",
      activation: "sigmoid",
    }),
    plan(convTranspose2d, [1, 6, 9, 4], weights([3, 3, 2, 4]), { strides: 2, bias: normals(2), activation: "elu" }),
    plan(conv2d, [1, 2, 13, 19], weights([1, 1, 2, 2]), { layout: "NCHW", activation: "leakyRelu" }),
    plan(conv3d, [1, 2, 13, 19, 1], weights([2, 2, 2, 1, 1]), { ...same, activation: "relu" }),
  ],
};

describe("resident arrays", () => {
  it.each(Object.entries(CHAINS))("give the bits of plain ones: %s", (_name, chain) => {
    const x = normals(sizeOf(chain[0].inputShape));
    const y = plainly(chain, x);
    expect(y.some((value) => value !== 0)).toBe(true);
    expect(residently(chain, x)).toEqual(y);
    expect(residently(chain, x)).toEqual(y); // in memory that was used before
  });

  it("may be one end of a run and a plain array the other", () => {
    const [planned] = CHAINS["a block of VGG: 3x3, 3x3"];
    const x = normals(sizeOf(planned.inputShape));
    const y = planned.run(x);
    const [source, target] = [residentArray(x.length), residentArray(y.length)];
    source.write(x);
    expect(planned.run(source)).toEqual(y);
    const own = new Float32Array(y.length);
    expect(planned.run(source, own)).toBe(own);
    expect(own).toEqual(y);
    planned.run(x, target);
    expect(target.read(own)).toBe(own);
    expect(own).toEqual(y);
  });

  it("stay what they are while memory grows", () => {
    const array = residentArray(1000);
    const values = normals(1000);
    array.write(values);
    const others = Array.from({ length: 4 }, () => residentArray(4 * 2 ** 20));
    expect(array.read()).toEqual(values);
    for (const other of others) other[Symbol.dispose]();
  });

  it("are refused where they do not fit, overlap, or were disposed of", () => {
    const planned = plan(conv2d, [1, 2, 2, 1], tensor([1, 1, 1, 1], [2]));
    const [x, y] = [residentArray(4), residentArray(4)];
    expect(() => residentArray(-1)).toThrow(/^residentArray: length must be an integer of 0 or more, got -1$/);
    expect(() => residentArray(0.5)).toThrow(RangeError);
    expect(() => x.write(new Float32Array(3))).toThrow(/^ResidentArray\.write: values must have 4 elements, got 3$/);
    expect(() => x.write([1, 2, 3, 4] as never)).toThrow(TypeError);
    expect(() => x.read(new Float32Array(5))).toThrow(/^ResidentArray\.read: to must have 4 elements, got 5$/);
    expect(() => planned.run(residentArray(5), y)).toThrow(/^plan\(conv2d\)\.run: x must have 4 elements, got 5$/);
    expect(() => planned.run(x, x)).toThrow(/^plan\(conv2d\)\.run: y overlaps x in memory/);
    const double = plan(conv2d, [1, 2, 2, 1], { shape: [1, 1, 1, 1], data: new Float64Array(1) });
    expect(() => double.run(x as never)).toThrow(/x must be a Float64Array, got Float32Array$/);
    x[Symbol.dispose]();
    x[Symbol.dispose]();
    for (const use of [
      () => planned.run(x, y),
      () => planned.run(y, x),
      () => x.read(),
      () => x.write(new Float32Array(4)),
    ]) {
      expect(use).toThrow(/^ResidentArray: used after it was disposed of$/);
    }
  });

  it("can be empty", () => {
    const planned = plan(conv2d, [0, 4, 4, 1], tensor([1, 1, 1, 1], [2]));
    expect(planned.run(residentArray(0), residentArray(0)).read()).toEqual(new Float32Array(0));
  });
});
