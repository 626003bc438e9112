/** `filterPicture` on both engines against its definition: every option, every kind of data, and tiles. */

import { tensor } from "@corr2d/core";
import {
  type AlphaRule,
  type Boundary,
  type FilterPictureOptions,
  filterPicture,
  gaussian,
  type Picture,
  type PictureData,
  type PictureKernel,
  planFilterPicture,
} from "@corr2d/core/pictures";
import { type Random, seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { filterByDefinition } from "./reference.ts";

const ENGINES = ["simd", "scalar"] as const;
const BOUNDARIES: readonly Boundary[] = ["constant", "edge", "reflect", "symmetric", "wrap"];

/** Integers from `low` to `high`, always the same of one seed. */
function integers(length: number, seed: number, low: number, high: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length }, () => random.integer(low, high));
}

function bytes(width: number, height: number, channels: number, seed = 1): Picture<Uint8ClampedArray<ArrayBuffer>> {
  return { width, height, channels, data: Uint8ClampedArray.from(integers(width * height * channels, seed, 0, 255)) };
}

function kernelOf(height: number, width: number, seed = 2): PictureKernel {
  return tensor([height, width], integers(height * width, seed, -3, 3));
}

function separableOf(height: number, width: number, seed = 3): PictureKernel {
  const vector = (length: number, n: number) => Float32Array.from(integers(length, seed + n, -2, 3));
  return { column: vector(height, 0), row: vector(width, 1) };
}

/** What the definition gives, rounded as data of a kind are. */
function expected(picture: Picture, kernel: PictureKernel, options: FilterPictureOptions): PictureData {
  const dtype = options.dtype ?? (picture.data instanceof Float32Array ? "float32" : "uint8");
  const values = filterByDefinition(picture, kernel, options);
  return dtype === "uint8" ? Uint8ClampedArray.from(values) : Float32Array.from(values);
}

/** Small integers: whatever the order of the sums, the result is the same to the bit. */
function expectExact(picture: Picture, kernel: PictureKernel, options: FilterPictureOptions = {}): void {
  for (const engine of ENGINES) {
    const { data } = filterPicture(picture, kernel, { ...options, engine });
    expect(Array.from(data), engine).toEqual(Array.from(expected(picture, kernel, options)));
  }
}

describe("equals the definition to the bit on integers", () => {
  const sizes = [
    [1, 1],
    [2, 3],
    [5, 4],
    [17, 9],
    [33, 40],
  ] as const;
  const kernels: Readonly<Record<string, PictureKernel>> = {
    "1×1": kernelOf(1, 1),
    "3×3": kernelOf(3, 3),
    "2×4": kernelOf(2, 4),
    "1×5": kernelOf(1, 5),
    "6×1": kernelOf(6, 1),
    "5×7 of rank 1": separableOf(5, 7),
    "20×11": kernelOf(20, 11),
  };
  for (const channels of [1, 2, 3, 4]) {
    it.each(Object.entries(kernels))(`${channels} channels, kernel %s`, (_, kernel) => {
      for (const [width, height] of sizes) {
        const picture = bytes(width, height, channels);
        for (const boundary of BOUNDARIES) {
          expectExact(picture, kernel, { boundary, scale: 0.125, offset: 100, alpha: "filter" });
        }
      }
    });
  }

  it("whatever the kernel is turned, anchored and filled by", () => {
    for (const [kernel, n] of [kernelOf(4, 3), kernelOf(4, 4), separableOf(6, 5)].map((k, i) => [k, i] as const)) {
      for (const flip of [false, true]) {
        for (const anchor of [undefined, { x: 0, y: 0 }, { x: 2, y: 3 }]) {
          for (const fillValue of [undefined, 0, -4, 17.5]) {
            const options = { boundary: "constant", flip, anchor, fillValue, dtype: "float32" } as const;
            expectExact(bytes(12, 7, 1 + n), kernel, { ...options, alpha: "filter" });
          }
        }
      }
    }
  });

  it("bytes and floats, in and out, moved and without their signs", () => {
    const picture = bytes(21, 13, 4);
    const floats = { ...picture, data: Float32Array.from(picture.data, (byte) => byte - 100) };
    const plain = { ...picture, data: Uint8Array.from(picture.data) };
    for (const from of [picture, floats, plain]) {
      for (const dtype of ["uint8", "float32"] as const) {
        for (const alpha of ["keep", "filter"] as const) {
          for (const absolute of [false, true]) {
            expectExact(from, kernelOf(3, 3), { dtype, alpha, absolute, scale: -0.25, offset: 8 });
            expectExact(from, separableOf(5, 5), { dtype, alpha, absolute });
          }
        }
      }
    }
  });

  it("ties go to the even byte, what is out of range to the nearest, and NaN to 0", () => {
    const data = Float32Array.from([0.5, 1.5, 2.5, 254.5, 255.5, 300, -0.5, -7, 1e30, -1e30, Infinity, NaN, 127.49999]);
    const picture = { width: 13, height: 1, channels: 1, data };
    for (const engine of ENGINES) {
      const result = filterPicture(picture, kernelOf1(), { dtype: "uint8", engine });
      expect(result.data).toBeInstanceOf(Uint8ClampedArray);
      expect([...result.data]).toEqual([0, 2, 2, 254, 255, 255, 0, 0, 255, 0, 255, 0, 127]);
    }
  });
});

const kernelOf1 = (): PictureKernel => tensor([1, 1], [1]);

describe("alpha", () => {
  const rules: readonly AlphaRule[] = ["keep", "filter", "premultiply"];
  it.each(rules)("%s: agrees with the definition", (alpha) => {
    for (const channels of [2, 4]) {
      for (const boundary of BOUNDARIES) {
        const picture = bytes(19, 11, channels);
        for (const [kernel, scale] of [
          [gaussian(1), 1],
          [tensor([3, 3], [0, -1, 0, -1, 5, -1, 0, -1, 0]), 1],
          [tensor([2, 3], [1, 2, 1, 0, 1, 1]), 1 / 6],
        ] as const) {
          for (const engine of ENGINES) {
            const fillValue = boundary === "constant" ? 9 : undefined;
            const options = { alpha, boundary, fillValue, scale, dtype: "float32" } as const;
            const { data } = filterPicture(picture, kernel, { ...options, engine });
            const truth = filterByDefinition(picture, kernel, options);
            // Where hardly any opacity is left, colours are quotients of small differences.
            data.forEach((value, i) => {
              const opacity = truth[i - (i % channels) + channels - 1]!;
              if (alpha !== "premultiply" || opacity > 1) expect(Math.abs(value - truth[i]!)).toBeLessThan(0.05);
            });
          }
        }
      }
    }
  });

  it("premultiplied, what is all but transparent keeps its colour", () => {
    const data = Uint8ClampedArray.from({ length: 4 * 90 }, (_, i) => [200, 100, 50, 1][i % 4]!);
    for (const engine of ENGINES) {
      const options = { alpha: "premultiply", boundary: "edge", scale: 1 / 9, engine } as const;
      const result = filterPicture(
        { width: 10, height: 9, data },
        tensor([3, 3], new Float32Array(9).fill(1)),
        options,
      );
      expect(result.data.filter((_, i) => i % 4 < 3)).toEqual(data.filter((_, i) => i % 4 < 3));
    }
  });

  it("premultiplied, colours of transparent pixels do not bleed, and opaque ones are as without alpha", () => {
    const data = new Uint8ClampedArray([255, 0, 0, 0, 0, 100, 0, 255, 0, 100, 0, 255, 9, 100, 9, 255]);
    const picture = { width: 4, height: 1, data };
    const mean = tensor([1, 3], [1 / 3, 1 / 3, 1 / 3]);
    for (const engine of ENGINES) {
      const result = filterPicture(picture, mean, { alpha: "premultiply", boundary: "edge", engine });
      expect([...result.data.subarray(4, 8)]).toEqual([0, 100, 0, 170]);
      expect([...result.data.subarray(8, 12)]).toEqual([3, 100, 3, 255]);
    }
  });
});

describe("parts", () => {
  it("have the bits of the whole, however it is cut", () => {
    const random = seededRandom(5);
    const data = Float32Array.from({ length: 300 * 70 * 3 }, () => random.uniform(-0.5, 0.5));
    const picture = { width: 300, height: 70, channels: 3, data };
    for (const kernel of [gaussian(2.3), gaussian(20), kernelFrom(random, 3, 3), kernelFrom(random, 8, 21)]) {
      for (const boundary of BOUNDARIES) {
        const whole = filterPicture(picture, kernel, { boundary }).data;
        for (let n = 0; n < 12; n++) {
          const [x, y] = [random.integer(0, 299), random.integer(0, 69)];
          const width = random.integer(1, 300 - x);
          const height = random.integer(1, 70 - y);
          const part = filterPicture(picture, kernel, { boundary, region: { x, y, width, height } });
          expect([part.width, part.height]).toEqual([width, height]);
          for (let i = 0; i < height; i++) {
            const row = part.data.subarray(i * width * 3, (i + 1) * width * 3);
            const begin = ((y + i) * 300 + x) * 3;
            expect(asText(row)).toBe(asText(whole.subarray(begin, begin + width * 3)));
          }
        }
      }
    }
  });

  it("stand in larger pictures, in and out, and nothing around them is written", () => {
    const large = bytes(40, 30, 4);
    const at = (10 * 40 + 6) * 4;
    const part = { width: 13, height: 9, channels: 4, stride: 160, data: large.data.subarray(at) };
    const target = new Uint8ClampedArray(40 * 30 * 4).fill(77);
    const kernel = kernelOf(3, 5);
    for (const engine of ENGINES) {
      const to = { ...part, data: target.fill(77).subarray(at) };
      planFilterPicture(part, kernel, { scale: 0.1, engine }).run(part, to);
      const truth = expected(part, kernel, { scale: 0.1 });
      target.forEach((byte, i) => {
        const [y, x] = [Math.floor(i / 160) - 10, (i % 160) - 24];
        const isInside = y >= 0 && y < 9 && x >= 0 && x < 52;
        expect(byte).toBe(isInside ? truth[y * 52 + x] : 77);
      });
    }
  });
});

it("takes factors of any magnitude, and refuses those whose products are none", () => {
  const light = { width: 30, height: 20, data: Float32Array.from({ length: 600 }, (_, i) => 1e-30 * Math.sin(i * i)) };
  for (const [heavy, side] of [
    [1e30, 3],
    [3e38, 9],
  ] as const) {
    const column = Float32Array.from({ length: side }, (_, a) => heavy * (a % 2 === 0 ? 1 : 1e-6));
    const row = new Float32Array(side).fill(1);
    const matrixOf = tensor(
      [side, side],
      Float32Array.from({ length: side * side }, (_, i) => column[Math.floor(i / side)]! * row[i % side]!),
    );
    for (const kernel of [{ column, row }, { column: row, row: column }, matrixOf]) {
      const [simd, scalar] = ENGINES.map((engine) => filterPicture(light, kernel, { engine }).data);
      const most = Math.max(...scalar!.map(Math.abs));
      expect(most).toBeGreaterThan(0);
      const worst = simd!.reduce((greatest, value, i) => Math.max(greatest, Math.abs(value - scalar![i]!)), 0);
      expect(worst).toBeLessThan(1e-5 * most);
    }
  }
  // Each product has lost digits, the sums have not.
  const faint = { column: new Float32Array(2).fill(3e-30), row: new Float32Array(2).fill(1e-12) };
  const bright = { width: 4, height: 4, data: new Float32Array(16).fill(1e30) };
  for (const engine of ENGINES) expect(filterPicture(bright, faint, { engine }).data[5]! / 1.2e-11).toBeCloseTo(1, 6);
  // So has a scale.
  for (const engine of ENGINES) {
    const { data } = filterPicture(bright, tensor([1, 1], [1e8]), { engine, scale: 1.2345678e-40 });
    expect(data[5]! / 1.2345678e-2).toBeCloseTo(1, 6);
  }
  const overflowing = { column: Float32Array.of(1e38, 1), row: Float32Array.of(1e30) };
  expect(() => filterPicture(light, overflowing)).toThrow(/products of kernel.column and kernel.row must be finite/);
  const rgba = { width: 2, height: 2, data: new Uint8Array(16) };
  expect(() => filterPicture(rgba, tensor([1, 1], [2e38]), { alpha: "premultiply" })).toThrow(
    /sum is less than 2\^126/,
  );
});

function kernelFrom(random: Random, height: number, width: number): PictureKernel {
  return tensor(
    [height, width],
    Array.from({ length: height * width }, () => random.uniform(-0.5, 0.5)),
  );
}

/** The bytes of data as text, to compare bits at once. */
function asText({ buffer, byteOffset, byteLength }: PictureData): string {
  return new Uint8Array(buffer, byteOffset, byteLength).join();
}
