/**
 * Hosts that have no WebAssembly, none that may be compiled (a content security policy without `wasm-unsafe-eval`, edge
 * runtimes), or no memory for it: everything works, and asked why, the choice says so.
 */

import { afterEach, describe, expect, it, vi } from "vitest";

// The types of Node have no values of this namespace.
const { Module, Instance, Memory, validate } = (globalThis as unknown as { WebAssembly: Record<string, unknown> })
  .WebAssembly;

/** Module scopes are what remembers the host, so core is loaded anew. */
async function coreOn(host: unknown): Promise<typeof import("@corr2d/core")> {
  vi.stubGlobal("WebAssembly", host);
  vi.resetModules();
  return import("@corr2d/core");
}

const refusing = {
  Instance,
  Memory,
  validate,
  Module: class {
    constructor() {
      throw new EvalError("Refused to compile or instantiate: 'unsafe-eval' is not allowed");
    }
  },
};

const HOSTS = [
  ["no WebAssembly", undefined, "this host has no WebAssembly"],
  ["null for WebAssembly", null, "this host has no WebAssembly"],
  ["an empty WebAssembly", {}, "this host refuses to compile WebAssembly: host.validate is not a function"],
  ["no SIMD", { Module, Instance, Memory, validate: () => false }, "this host's WebAssembly has no SIMD"],
  [
    "a content security policy",
    refusing,
    "this host refuses to compile WebAssembly, which a content security policy allows by script-src 'wasm-unsafe-eval': " +
      "Refused to compile or instantiate: 'unsafe-eval' is not allowed",
  ],
] as const;

describe.each(HOSTS)("a host with %s", (_name, host, refusal) => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("computes on the scalar algorithms, and explains why", async () => {
    const core = await coreOn(host);
    const { engine, reason } = core.explain(core.conv2d, [1, 28, 28, 16], [3, 3, 16, 16], { padding: "same" });
    expect(engine).toBe("scalar");
    expect(reason.split("; not on SIMD: ")[1]).toBe(refusal);
    for (const pass of ["inputGradient", "filterGradient"] as const) {
      expect(core.explain(core.conv2d, [1, 28, 28, 16], [3, 3, 16, 16], { pass }).reason).toContain(refusal);
    }
    expect(core.explain(core.conv1d, [1, 28, 16], [3, 16, 16]).reason).toContain(refusal);
    expect(core.explain(core.conv3d, [1, 8, 28, 28, 16], [3, 3, 3, 16, 16]).reason).toContain(refusal);
    expect(core.explain(core.depthwiseConv2d, [1, 28, 28, 16], [3, 3, 16, 1]).reason).toContain(refusal);
    expect(core.explain(core.convTranspose2d, [1, 28, 28, 16], [3, 3, 16, 16]).reason).toContain(refusal);

    const x = core.tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const filter = core.tensor([2, 2, 1, 1], [0, 1, 2, 3]);
    const options = { bias: new Float32Array([-30]), activation: "relu" } as const;
    expect(core.conv2d(x, filter, options).data).toEqual(new Float32Array([0, 0, 7, 13]));
    expect(core.inputGradient(core.conv2d, core.tensor([1, 2, 2, 1], [1, 1, 1, 1]), filter, x.shape).data[4]).toBe(6);
  });

  it("computes matrices, signals, pictures and templates, too", async () => {
    const core = await coreOn(host);
    const [{ correlate1d }, { filterPicture }] = await Promise.all([
      import("@corr2d/core/signals"),
      import("@corr2d/core/pictures"),
    ]);
    const ones = (...shape: number[]) =>
      core.tensor(shape as [number, number], new Float32Array(shape.reduce((a, b) => a * b)).fill(1));

    for (const size of [3, 31]) {
      expect(core.explain(core.corr2d, [128, 128], [size, size])).toMatchObject({ engine: "scalar" });
      expect(core.explain(core.corr2d, [128, 128], [size, size]).reason).toContain(refusal);
      expect(core.corr2d(ones(128, 128), ones(size, size)).data[0]).toBe(size * size);
    }
    for (const taps of [5, 500]) {
      const sums = correlate1d(ones(1, 4000), new Float32Array(taps).fill(1)).data;
      expect(sums).toEqual(new Float32Array(4001 - taps).fill(taps));
    }
    const picture = { width: 64, height: 64, data: new Uint8ClampedArray(4 * 64 * 64).fill(200) };
    expect(filterPicture(picture, ones(5, 5), { scale: 1 / 25, boundary: "edge" }).data).toEqual(picture.data);

    const image = core.tensor(
      [48, 48],
      Float32Array.from({ length: 48 * 48 }, (_, i) => Math.sin(i * i)),
    );
    const template = core.tensor(
      [9, 9],
      Float32Array.from({ length: 81 }, (_, i) => image.data[48 * (20 + Math.floor(i / 9)) + 30 + (i % 9)]!),
    );
    const [peak] = core.findPeaks(core.matchTemplate(image, template), { threshold: 0.9 });
    expect(peak).toMatchObject({ row: 20, column: 30 });
  });

  it("says of an algorithm asked for by name why it cannot be had", async () => {
    const core = await coreOn(host);
    const call = (): unknown => core.explain(core.conv2d, [1, 28, 28, 16], [3, 3, 16, 16], { algorithm: "direct" });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(`algorithm "direct" does not support this forward pass: ${refusal}`);
  });

  it("has resident arrays all the same", async () => {
    const core = await coreOn(host);
    const plan = core.plan(core.conv2d, [1, 2, 2, 1], core.tensor([1, 1, 1, 1], [-2]), {
      activation: "leakyRelu",
      slope: 0.5,
    });
    const [x, y] = [core.residentArray(4), core.residentArray(4)];
    x.write(new Float32Array([1, -2, 3, -4]));
    plan.run(x, y);
    expect(y.read()).toEqual(new Float32Array([-1, 4, -3, 8]));
    x[Symbol.dispose]();
    expect(() => x.read()).toThrow("disposed of");
  });
});

describe.each([
  [
    "has no memory for it",
    class {
      constructor() {
        throw new RangeError("could not allocate memory");
      }
    },
    "simd: this host has no memory for 4194304 bytes: RangeError: could not allocate memory",
  ],
  [
    "lets no memory grow",
    class extends (Memory as { new (limits: object): { grow(pages: number): number } }) {
      override grow(): number {
        throw new RangeError("unable to grow");
      }
    },
    "simd: this host has no memory for 192 bytes: RangeError: unable to grow",
  ],
])("a host that %s", (name, memory, refusal) => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("computes all passes on the scalar algorithms, and its plans say why", async () => {
    const core = await coreOn({ Module, Instance, Memory: memory, validate });
    const x = core.tensor([1, 3, 3, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const filter = core.tensor([2, 2, 1, 1], [0, 1, 2, 3]);
    const plan = core.plan(core.conv2d, x.shape, filter);
    expect(plan.engine).toBe("scalar");
    expect(plan.reason.split("; not on SIMD: ")[1]).toBe(refusal);
    expect(plan.run(x.data)).toEqual(new Float32Array([19, 25, 37, 43]));
    const dy = core.tensor([1, 2, 2, 1], [1, 1, 1, 1]);
    expect(core.inputGradient(core.conv2d, dy, filter, x.shape).data[4]).toBe(6);
    expect(core.filterGradient(core.conv2d, x, dy, filter.shape).data).toEqual(new Float32Array([8, 12, 20, 24]));
  });

  it("correlates matrices", async () => {
    const core = await coreOn({ Module, Instance, Memory: memory, validate });
    const plan = core.plan(core.corr2d, [64, 64], core.tensor([3, 3], new Float32Array(9).fill(1)));
    // Matrices live in the scratch that every memory begins with.
    expect(plan.engine).toBe(name === "lets no memory grow" ? "simd" : "scalar");
    expect(plan.run(new Float32Array(64 * 64).fill(1))).toEqual(new Float32Array(62 * 62).fill(9));
  });

  it("throws that where SIMD is asked for by name", async () => {
    const core = await coreOn({ Module, Instance, Memory: memory, validate });
    const filter = core.zeros([3, 3, 16, 16]);
    const call = (): unknown => core.plan(core.conv2d, [1, 8, 8, 16], filter, { algorithm: "direct" });
    expect(call).toThrow(/^simd: this host has no memory for \d+ bytes: RangeError: /);
  });
});
