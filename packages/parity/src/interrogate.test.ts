/**
 * Implementations that are right when they are asked once about something small, and wrong as libraries are: what the trials of an
 * ordinary run, and the way they are asked, must convict.
 */

import { type CaseData, type CasePass, outputShapeOf, reference, type SpatialCase } from "@corr2d/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { type ConvAdapter, FULL_REACH, type WeakerPromise } from "./adapter.ts";
import { askThoroughly, evidenceFor, evidenceOf } from "./ask.ts";
import { generateProblems } from "./generate/arbitrary.ts";
import { dataOfProblem, isExactProblem, type Problem } from "./generate/problem.ts";
import { faultOf } from "./verdict.ts";

type Compute = (convCase: SpatialCase, pass: CasePass, data: CaseData) => Float32Array;

const right: Compute = (convCase, pass, data) => Float32Array.from(reference(convCase, pass, data));

function adapterOf(compute: Compute, promise?: WeakerPromise): ConvAdapter {
  return {
    name: "subject",
    version: "1",
    threads: 1,
    reach: FULL_REACH,
    ...(promise && { promises: () => promise }),
    supports: () => true,
    prepare(convCase, pass, data) {
      let result: Float32Array;
      return {
        run: () => void (result = compute(convCase, pass, data)),
        read: () => result,
        dispose() {},
      };
    },
  };
}

async function faultIn(
  adapter: ConvAdapter,
  problem: Problem,
  pass: CasePass = "forward",
): Promise<string | undefined> {
  const data = dataOfProblem(problem);
  const evidence = evidenceOf(problem.convCase, pass, data, isExactProblem(problem), problem.values);
  const held = evidenceFor(adapter, problem.convCase, { pass, data, evidence });
  return faultOf(await askThoroughly(adapter, problem.convCase, { pass, kind: problem.values, data, evidence: held }));
}

let problems: readonly Problem[];
beforeAll(() => {
  problems = generateProblems(1, 1000);
});

const sizes = ({ inputShape, filterShape, strides, groups }: SpatialCase) => ({
  batch: inputShape[0]!,
  width: inputShape[strides.length]!,
  inChannels: inputShape.at(-1)!,
  outChannels: filterShape.at(-1)!,
  kernel: filterShape[0]!,
  terms: filterShape.slice(0, -1).reduce((a, b) => a * b, 1),
  depthwise: groups === inputShape.at(-1) && groups > 1,
});

describe("an ordinary run asks at least three times about", () => {
  it.each<[string, (about: ReturnType<typeof sizes>) => boolean]>([
    ["batches from 4 on", ({ batch }) => batch >= 4],
    ["batches from 9 on", ({ batch }) => batch >= 9],
    ["more than 64 channels in", ({ inChannels }) => inChannels > 64],
    ["more than 512 channels in", ({ inChannels }) => inChannels > 512],
    ["more than 64 channels out", ({ outChannels }) => outChannels > 64],
    ["64 channels and one beside", ({ inChannels }) => inChannels === 63 || inChannels === 65],
    ["kernels above 7", ({ kernel }) => kernel > 7],
    ["kernels above 11", ({ kernel }) => kernel > 11],
    ["rows beyond 128 cells", ({ width }) => width > 128],
    ["more than 2,000 terms", ({ terms }) => terms > 2000],
    ["24 channels or so, one filter each", ({ depthwise, inChannels }) => depthwise && Math.abs(inChannels - 24) < 2],
    ["more than 100 channels, one filter each", ({ depthwise, inChannels }) => depthwise && inChannels > 100],
  ])("%s", async (_, isAbout) => {
    const asked = problems.filter(({ convCase }) => isAbout(sizes(convCase)));
    expect(asked.length).toBeGreaterThanOrEqual(3);
    const off: Compute = (convCase, pass, data) => {
      const y = right(convCase, pass, data);
      if (isAbout(sizes(convCase)) && y.length > 0) y[y.length - 1]! += 1 + Math.abs(y[y.length - 1]!) / 64;
      return y;
    };
    let convicted = 0;
    for (const problem of asked.slice(0, 6)) if (await faultIn(adapterOf(off), problem)) convicted++;
    expect(convicted).toBeGreaterThan(0);
  });
});

describe("errors that are not those of float32", () => {
  const cutTo =
    (bits: number) =>
    (array: Float32Array | undefined): Float32Array =>
      Float32Array.from(array ?? [], (value) => {
        if (value === 0 || !Number.isFinite(value)) return value;
        const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1);
        return Math.round(value / unit) * unit;
      });
  const layer = (channels: number): Problem => ({
    values: "real",
    seed: 3,
    convCase: {
      name: `layer of ${channels}`,
      inputShape: [1, 6, 6, channels],
      filterShape: [3, 3, channels, 8],
      strides: [1, 1],
      padding: "same",
      dilations: [1, 1],
      groups: 1,
      bias: true,
    },
  });

  it.each([1, 8, 64, 256, 1024])("are seen at %i channels, and those of float32 are not", async (channels) => {
    for (const [format, bits] of [
      ["TF32", 11],
      ["bfloat16", 8],
    ] as const) {
      const cut = cutTo(bits);
      const less: Compute = (convCase, pass, { x, filter, bias, dy }) =>
        right(convCase, pass, { x: cut(x), filter: cut(filter), bias, dy: cut(dy) });
      for (const pass of ["forward", "inputGradient", "filterGradient"] as const) {
        expect(await faultIn(adapterOf(less), layer(channels), pass), `${format}, ${pass}`).toBeDefined();
      }
    }
    for (const pass of ["forward", "inputGradient", "filterGradient", "biasGradient"] as const) {
      expect(await faultIn(adapterOf(right), layer(channels), pass)).toBeUndefined();
    }
  });

  it("are seen in long sums of a bias gradient, and those of float32 are not", async () => {
    const long: Problem = {
      ...layer(1),
      convCase: { ...layer(1).convCase, name: "long", inputShape: [1, 80, 80, 1], filterShape: [1, 1, 1, 2] },
    };
    const summed =
      (round: (value: number) => number): Compute =>
      (_, __, { dy }) => {
        const sums = new Float32Array(2);
        for (const [i, value] of dy.entries()) sums[i % 2] = round(sums[i % 2]! + value);
        return sums;
      };
    const inTf32 = (value: number): number => cutTo(11)(Float32Array.of(value))[0]!;
    expect(await faultIn(adapterOf(summed(inTf32)), long, "biasGradient")).toMatch(/computes in less than float32/);
    expect(await faultIn(adapterOf(summed(Math.fround)), long, "biasGradient")).toBeUndefined();
  });

  it("are seen behind a promise that promises nothing", async () => {
    const zeros: Compute = (convCase) =>
      new Float32Array(outputShapeOf(convCase).reduce((product, size) => product * size, 1));
    const fault = await faultIn(adapterOf(zeros, { normwise: 1e6 }), layer(16));
    // The promise is held to that of the published families; what passes even that is not rounding.
    expect(fault).toMatch(/elements miss their bound/);
    const few = await faultIn(adapterOf(zeros, { normwise: 1e6 }), layer(1024), "filterGradient");
    expect(few).toBeDefined();
  });
});

describe("an implementation that does not stand by its answer", () => {
  const { convCase, ...values } = {
    values: "real" as const,
    seed: 5,
    convCase: {
      name: "small",
      inputShape: [1, 4, 4, 2],
      filterShape: [3, 3, 2, 3],
      strides: [1, 1],
      padding: "same",
      dilations: [1, 1],
      groups: 1,
      bias: true,
    } as SpatialCase,
  };
  const problem: Problem = { convCase, ...values };

  it("is right where nothing is wrong", async () => {
    expect(await faultIn(adapterOf(right), problem)).toBeUndefined();
  });

  it("accumulates when it runs again", async () => {
    let runs = 0;
    const again: Compute = (...asked) => right(...asked).map((value) => value + (runs++ >= 48 ? 1 : 0));
    expect(await faultIn(adapterOf(again), problem)).toMatch(/second run differs from its first: at 0 it gave/);
  });

  it("does not take arrays in shared memory, unless it says so", async () => {
    const picky: Compute = (case_, pass, data) => {
      if (data.dy.buffer instanceof SharedArrayBuffer) return right(case_, pass, data).fill(0);
      return right(case_, pass, data);
    };
    expect(await faultIn(adapterOf(picky), problem)).toMatch(
      /^threw: it gives something else when its arguments lie in shared/,
    );
    expect(await faultIn({ ...adapterOf(picky), sharedMemory: false }, problem)).toBeUndefined();
  });

  it("loses its weights to the layer that is prepared next", async () => {
    let last: CaseData;
    const subject = adapterOf(right);
    const forgetful: ConvAdapter = {
      ...subject,
      prepare(about, pass, data) {
        last = data;
        let result: Float32Array;
        return { run: () => void (result = right(about, pass, last)), read: () => result, dispose() {} };
      },
    };
    expect(await faultIn(forgetful, problem)).toMatch(/after another layer was prepared and run/);
  });

  it("hands out memory that it writes to again", async () => {
    const memory = new Float32Array(48);
    const shared: Compute = (...asked) => {
      memory.set(right(...asked));
      return memory;
    };
    expect(await faultIn(adapterOf(shared), problem)).toMatch(
      /a result that it handed out changed when another layer was run/,
    );
  });

  it("ignores where a view begins, or writes to or beside its arguments", async () => {
    const blind: Compute = (about, pass, data) =>
      right(about, pass, { ...data, x: new Float32Array(data.x.buffer, 0, data.x.length) });
    expect(await faultIn(adapterOf(blind), problem)).toBeDefined();
    const writes: Compute = (about, pass, data) => {
      const y = right(about, pass, data);
      data.filter[0] = data.filter[0]!;
      data.dy[0] = 7;
      return y;
    };
    expect(await faultIn(adapterOf(writes), problem)).toBe("threw: forward changed its argument dy, at 0");
    const beside: Compute = (about, pass, data) => {
      new Float32Array(data.x.buffer)[0] = 1;
      return right(about, pass, data);
    };
    expect(await faultIn(adapterOf(beside), problem)).toBe("threw: forward wrote beside its argument x");
  });
});
