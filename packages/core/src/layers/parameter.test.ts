/** What a layer notices of its parameters: every value that changes, and nothing else. */

import { describe, expect, it } from "vitest";
import { changeValues, LayerParameter, type Parameter, sgdStep, valuesOf } from "./parameter.ts";

describe.each([1, 2, 3, 4, 5, 6, 9])("%i values", (length) => {
  it("notices each that is written to, and none that is not", () => {
    const parameter = new LayerParameter("filter", [length]);
    const { value } = parameter;
    for (let i = 0; i < length; i++) value[i] = i + 1;
    for (let i = 0; i < length; i++) {
      const isCurrent = parameter.watch();
      expect(isCurrent()).toBe(true);
      value[i]! += 0.5;
      expect(isCurrent()).toBe(false);
      value[i]! -= 0.5;
      expect(isCurrent()).toBe(true);
    }
  });
});

it("notices what this package writes, and an array that was handed out since, once", () => {
  const parameter = new LayerParameter("filter", [3]);
  const before = parameter.watch();
  expect(before()).toBe(true);
  parameter.write((values) => values.fill(0));
  expect(before()).toBe(false);
  const unseen = parameter.watch();
  expect(unseen()).toBe(true);
  // Read only: nobody may write to it.
  expect(valuesOf(parameter)).toBe(parameter.read());
  expect(unseen()).toBe(true);
  const { value } = parameter;
  expect(unseen()).toBe(false);
  const seen = parameter.watch();
  expect(seen()).toBe(true);
  value[2] = 1;
  expect(seen()).toBe(false);
});

it("is one parameter under every name", () => {
  const parameter = new LayerParameter("kernel", [2]);
  const other = parameter.named("depthwise");
  expect([other.name, other.shape, other.gradient]).toEqual(["depthwise", [2], parameter.gradient]);
  expect(other.gradient).toBe(parameter.gradient);
  const isCurrent = parameter.watch();
  changeValues(other, (values) => values.fill(7));
  expect(isCurrent()).toBe(false);
  expect([...parameter.value]).toEqual([7, 7]);
});

it("steps parameters of any make, and refuses a list in which one is none", () => {
  const own = new LayerParameter("filter", [2]);
  own.gradient.set([1, 2]);
  const plain: Parameter = { name: "b", shape: [1], value: Float32Array.of(3), gradient: Float32Array.of(4) };
  sgdStep([own, plain], 0.5);
  expect([...own.value, ...own.gradient, ...plain.value, ...plain.gradient]).toEqual([-0.5, -1, 0, 0, 1, 0]);
  for (const none of [
    {},
    { ...plain, value: [3] },
    { ...plain, gradient: [4] },
    { ...plain, gradient: new Float64Array(1) },
  ]) {
    expect(() => sgdStep([own, none as Parameter], 0.5)).toThrow(TypeError);
  }
});
