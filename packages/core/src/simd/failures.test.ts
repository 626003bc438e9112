/**
 * Failures at each step where memory is taken or code compiled: whatever throws midway gives back what it took, and everything
 * that lives computes what it computed before.
 */

import { residentArray } from "@corr2d/core";
import { Conv2d, SeparableConv2d } from "@corr2d/core/layers";
import { describe, expect, it } from "vitest";
import { supports } from "../../test/case-pass.ts";
import { fill } from "../../test/other-orders.ts";
import { PASSES, type Pass, preparationOf } from "../algorithm/algorithm.ts";
import { conv1d, conv2d, conv3d } from "../conv/conv.ts";
import { convTranspose2d } from "../conv/conv-transpose.ts";
import { depthwiseConv2d } from "../conv/depthwise-conv2d.ts";
import { separableConv2d } from "../conv/separable-conv2d.ts";
import { corr2d } from "../corr2d/corr2d.ts";
import { resolveConvGeometry } from "../geometry/planes.ts";
import { convolve1d } from "../signals/correlate1d.ts";
import { type SignalStream, stream } from "../signals/stream.ts";
import { filterGradient, gradients } from "../verbs/gradients.ts";
import { type Plan, plan } from "../verbs/plan.ts";
import { simdAlgorithmsOf } from "./algorithms.ts";
import { SimdEngine, sharedEngine } from "./engine/engine.ts";
import { simdFeatures } from "./engine/features.ts";
import { GuardZones } from "./engine/guards.ts";
import { OutOfMemoryError } from "./engine/memory.ts";
import { hostWebAssembly } from "./engine/webassembly.ts";

/** A copy of a result after it was computed. */
function sliceAfter(compute: () => void, result: Float32Array): Float32Array {
  compute();
  return result.slice();
}

/** All numbers of a result, however deep. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return [...(value as Float32Array)];
  return value instanceof Object ? Object.values(value).flatMap(numbersIn) : [];
}

/** Makes the n-th step of an engine fail from now on, and counts the steps; the function returned ends it. */
function failing(engine: SimdEngine, step: number, error: Error) {
  const counted = { steps: 0 };
  const count = (): void => {
    if (++counted.steps === step) throw error;
  };
  const { memory } = engine;
  const [allocate, functions] = [memory.allocate, engine.functions];
  memory.allocate = (bytes) => {
    count();
    return allocate.call(memory, bytes);
  };
  engine.functions = (name, emit) => {
    count();
    return functions.call(engine, name, emit);
  };
  const end = (): void => {
    memory.allocate = allocate;
    engine.functions = functions;
  };
  return { counted, end };
}

/** Lets each step of what is done fail, one after the other, and looks at what is left each time. */
function failAtEachStep(engine: SimdEngine, act: () => unknown, look: () => unknown, error: () => Error): number {
  const whole = failing(engine, 0, error());
  act();
  whole.end();
  const before = look();
  const used = engine.memory.usedBytes;
  let thrown = 0;
  for (let step = 1; step <= whole.counted.steps; step++) {
    const { end } = failing(engine, step, error());
    try {
      act();
    } catch {
      thrown++;
    } finally {
      end();
    }
    expect(engine.memory.usedBytes, `after step ${step}`).toBe(used);
    expect(look(), `after step ${step}`).toEqual(before);
  }
  return thrown;
}

const injected = (): Error => new Error("injected");
const noMemory = (): Error => new OutOfMemoryError("injected");
const tensorOf = (...shape: number[]) => ({ shape, data: fill(shape, 1) }) as never;

/** What a plan computes of numbers, once. */
function disposed(planned: Pick<Plan<readonly number[]>, "inputShape" | "run" | typeof Symbol.dispose>): unknown {
  try {
    return planned.run(fill(planned.inputShape, 3));
  } finally {
    planned[Symbol.dispose]();
  }
}

describe("an algorithm that cannot be prepared", () => {
  const engine = new SimdEngine(hostWebAssembly()!, simdFeatures(), { guards: new GuardZones(64) });
  const geometries = [
    resolveConvGeometry("test", [2, 9, 9, 8], [3, 3, 8, 8], { padding: "same" }),
    resolveConvGeometry("test", [1, 9, 9, 8], [3, 3, 1, 8], { padding: "same", groups: 8 }),
    resolveConvGeometry("test", [1, 9, 40, 1], [3, 3, 1, 1], { padding: "same" }),
  ];
  const runnable = simdAlgorithmsOf(() => engine).flatMap((algorithm) =>
    geometries.flatMap((g) =>
      PASSES.filter((pass) => supports(algorithm, g, pass)).map((pass) => ({ algorithm, g, pass })),
    ),
  );
  const prepare = ({ algorithm, g, pass }: (typeof runnable)[number]) => {
    const filter = fill([g.kernelHeight, g.kernelWidth, g.groupInChannels, g.outChannels], 2);
    const x = fill([g.batch, g.inHeight, g.inWidth, g.inChannels], 3);
    const y = fill([g.batch, g.outHeight, g.outWidth, g.outChannels], 4);
    const passes: Record<Pass, () => { run(): Float32Array; [Symbol.dispose](): void }> = {
      forward: () => {
        const prepared = preparationOf(algorithm, g, "forward")(filter, undefined);
        return { ...prepared, run: () => sliceAfter(() => prepared.run(x, y), y) };
      },
      inputGradient: () => {
        const prepared = preparationOf(algorithm, g, "inputGradient")(filter);
        const dx = new Float32Array(x.length);
        return { ...prepared, run: () => sliceAfter(() => prepared.run(y, dx), dx) };
      },
      filterGradient: () => {
        const prepared = preparationOf(algorithm, g, "filterGradient")();
        const dw = new Float32Array(filter.length);
        return { ...prepared, run: () => sliceAfter(() => prepared.run(x, y, dw), dw) };
      },
    };
    return passes[pass]();
  };
  const living = runnable.map(prepare);
  const look = () => living.map(({ run }) => run());

  it.each(runnable.map((each) => ({ ...each, name: each.algorithm.name })))("$name, $pass", (each) => {
    const act = (): void => prepare(each)[Symbol.dispose]();
    expect(failAtEachStep(engine, act, look, injected)).toBeGreaterThan(1);
  });

  it("refuses to run when it was disposed of, even if another has its memory", () => {
    const disposed = prepare(runnable[0]!);
    disposed[Symbol.dispose]();
    const other = prepare(runnable[0]!);
    expect(() => disposed.run()).toThrow("disposed of");
    other[Symbol.dispose]();
  });
});

describe("an operation or a layer that fails midway", () => {
  const engine = sharedEngine();
  const [x, filter] = [tensorOf(1, 9, 9, 8), tensorOf(3, 3, 8, 8)];
  const layer = new Conv2d({ inChannels: 8, outChannels: 8, kernelSize: 3, padding: "same" });
  const separable = new SeparableConv2d({ inChannels: 8, outChannels: 8, kernelSize: 3, padding: "same" });
  const living = plan(conv2d, [1, 9, 9, 8], filter, { padding: "same" });
  const resident = residentArray(4);
  resident.write(new Float32Array([1, 2, 3, 4]));
  const dy = layer.forward(x);
  separable.forward(x);
  const look = () => {
    for (const { gradient } of [...layer.parameters, ...separable.parameters]) gradient.fill(0);
    const backward = [layer, separable].map((each) => [
      each.backward(dy).data,
      ...each.parameters.map(({ gradient }) => gradient.slice()),
    ]);
    return [living.run(fill([1, 9, 9, 8], 1)), resident.read(), ...backward];
  };
  const volume = { x: tensorOf(1, 4, 6, 6, 4), filter: tensorOf(3, 3, 3, 4, 4) };
  const pair = { depthwise: tensorOf(3, 3, 8, 1), pointwise: tensorOf(1, 1, 8, 4) };
  const actions: Record<string, () => unknown> = {
    "conv2d, once": () => conv2d(x, filter, { padding: "same" }),
    "plan of conv3d": () => disposed(plan(conv3d, [1, 4, 6, 6, 4], volume.filter)),
    "gradients of conv3d": () => gradients(conv3d, volume.x, volume.filter, tensorOf(1, 2, 4, 4, 4)),
    "filterGradient of conv2d": () => filterGradient(conv2d, x, dy as never, [3, 3, 8, 8], { padding: "same" }),
    "conv1d, once": () => conv1d(tensorOf(1, 30, 8), tensorOf(3, 8, 8)),
    "plan of convTranspose2d": () => disposed(plan(convTranspose2d, [1, 5, 5, 8], filter, { strides: 2 })),
    "depthwiseConv2d, once": () => depthwiseConv2d(x, tensorOf(3, 3, 8, 1)),
    "gradients of depthwiseConv2d": () => gradients(depthwiseConv2d, x, tensorOf(3, 3, 8, 1), tensorOf(1, 7, 7, 8)),
    "separableConv2d, once": () => separableConv2d(x, pair),
    "plan of separableConv2d": () => disposed(plan(separableConv2d, [1, 9, 9, 8], pair)),
    "gradients of separableConv2d": () => gradients(separableConv2d, x, pair, tensorOf(1, 7, 7, 4)),
    "corr2d, once": () => corr2d(tensorOf(40, 40), tensorOf(3, 5)),
    "corr2d by a transform": () => corr2d(tensorOf(90, 90), tensorOf(41, 43)),
    "plan of corr2d": () => disposed(plan(corr2d, [40, 40], tensorOf(3, 5))),
    "gradients of corr2d": () => gradients(corr2d, tensorOf(40, 40), tensorOf(3, 5), tensorOf(38, 36)),
    residentArray: () => residentArray(1000)[Symbol.dispose](),
  };

  it.each(Object.entries(actions))("%s", (_, act) => {
    expect(failAtEachStep(engine, act, look, injected)).toBeGreaterThan(0);
  });

  it.each(Object.entries(actions).slice(0, -1))("%s is computed without SIMD where memory cannot be had", (_, act) => {
    const right = numbersIn(act());
    let step = 0;
    for (let isDone = false; !isDone; ) {
      const { counted, end } = failing(engine, ++step, noMemory());
      try {
        const numbers = numbersIn(act());
        expect(numbers.length).toBe(right.length);
        for (const [i, number] of numbers.entries()) expect(number).toBeCloseTo(right[i]!, 3);
      } finally {
        end();
      }
      isDone = counted.steps < step;
    }
    expect(step).toBeGreaterThan(1);
  });

  it("a stream: of a block that fails midway nothing is kept", () => {
    const blocks = [fill([2, 5], 1), fill([2, 20], 2)] as const;
    const started = (): SignalStream => {
      const filter = stream(convolve1d, fill([7], 3), { rows: 2, blockLength: 8, engine: "simd" });
      filter.push(blocks[0]);
      return filter;
    };
    const right = started().push(blocks[1]);
    let failed = 0;
    for (let isDone = false; !isDone; ) {
      const filter = started();
      const { end } = failing(engine, failed + 1, injected());
      try {
        filter.push(blocks[1]);
        isDone = true;
      } catch {
        failed++;
      } finally {
        end();
      }
      if (!isDone) expect(filter.push(blocks[1]), `after step ${failed}`).toEqual(right);
    }
    expect(failed).toBeGreaterThan(1);
  });

  it.each([layer, separable])(
    "$kind, forward over another shape: the last one that succeeded counts",
    (failingLayer) => {
      // What it prepares for another shape takes the place of what it had, so bytes are not compared.
      for (const each of [layer, separable]) each.forward(x);
      look(); // prepares what backward needs
      const before = look();
      for (let step = 1; step < 12; step++) {
        const { end } = failing(engine, step, injected());
        let isDone = true;
        try {
          failingLayer.forward(tensorOf(1, 5, 7, 8));
        } catch {
          isDone = false;
        } finally {
          end();
        }
        if (isDone) break;
        expect(look()).toEqual(before);
      }
    },
  );
});
