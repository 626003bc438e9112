import { describe, expect, it } from "vitest";
import { CLASSES_SUITE } from "../suites/networks.ts";
import { casesOfProcess, firstCallClasses, firstCallsOf } from "./first-call.ts";

const classes = firstCallClasses(CLASSES_SUITE.cases);

describe("first calls", () => {
  it("are of every class whose weights stay", () => {
    const names = ["3×3 stride 1", "other kernels and strides", "depthwise", "one channel"];
    expect(classes.map(({ name }) => name)).toEqual([...names, "filter gradient", "input gradient"]);
  });

  it("have each layer first in its turn, and another behind it", () => {
    for (const layers of classes) {
      const count = layers.cases.length;
      const pairs = Array.from({ length: count }, (_, process) => casesOfProcess(layers, process));
      expect(pairs.map(([first]) => first)).toEqual(layers.cases);
      for (const [first, further] of pairs) expect(further).not.toBe(first);
      expect(casesOfProcess(layers, count)).toEqual(pairs[0]);
    }
    const alone = { ...classes[0], cases: classes[0].cases.slice(0, 1) };
    expect(casesOfProcess(alone, 3)).toEqual(alone.cases);
  });

  it("are summed up by their medians, of processes that had but one layer, too", () => {
    const found = firstCallsOf(
      classes[0],
      [
        [10, 4],
        [12, 5],
        [11, 6],
      ],
      1,
    )!;
    expect(found).toMatchObject({ layerClass: "3×3 stride 1", processes: 3 });
    expect(found.first).toMatchObject({ estimate: 11, low: 10, high: 12 });
    expect(found.further).toMatchObject({ estimate: 5, low: 4, high: 6 });
    expect(firstCallsOf(classes[0], [[10], [12]], 1)).toMatchObject({ first: { estimate: 11 }, further: null });
    expect(firstCallsOf(classes[0], [], 1)).toBeUndefined();
  });
});
