import { findPeaks, type Matrix, matchTemplate, type PeakOptions, tensor } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const random = seededRandom(1, "matchTemplate");
const noise = (height: number, width: number): Matrix =>
  tensor(
    [height, width],
    Float32Array.from({ length: height * width }, () => random.normal()),
  );

/** The definition. */
function coefficient(image: Matrix, template: Matrix, i: number, j: number): number {
  const [h, w] = template.shape;
  const window = Array.from(
    { length: h * w },
    (_, p) => image.data[(i + Math.floor(p / w)) * image.shape[1] + j + (p % w)],
  );
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b) / values.length;
  const [x, t] = [mean(window), mean(template.data)];
  let [product, squareX, squareT] = [0, 0, 0];
  window.forEach((value, p) => {
    product += (value - x) * (template.data[p] - t);
    squareX += (value - x) ** 2;
    squareT += (template.data[p] - t) ** 2;
  });
  return product / Math.sqrt(squareX * squareT);
}

describe("matchTemplate", () => {
  it.each([
    [9, 11, 3, 4],
    [70, 60, 31, 33],
    [5, 5, 5, 5],
  ])("is the correlation coefficient, %i × %i with %i × %i", (height, width, h, w) => {
    const [image, template] = [noise(height, width), noise(h, w)];
    const scores = matchTemplate(image, template);
    expect(scores.shape).toEqual([height - h + 1, width - w + 1]);
    scores.data.forEach((score, p) => {
      const exact = coefficient(image, template, Math.floor(p / scores.shape[1]), p % scores.shape[1]);
      expect(score).toBeCloseTo(exact, 6);
    });
  });

  it("is right in the dark beside what is bright", () => {
    // The upper half is as usual, the lower one all but flat; one cell is bright, which is much of a transform's error.
    const image = tensor(
      [48, 40],
      Float64Array.from({ length: 48 * 40 }, (_, i) => random.normal() * (i < 24 * 40 ? 1 : 1e-6)),
    );
    image.data[7] = 3e4;
    const template = tensor(
      [6, 7],
      Float64Array.from({ length: 42 }, () => random.normal()),
    );
    const { shape, data } = matchTemplate(image, template);
    data.forEach((score, p) => {
      const exact = coefficient(image as never, template as never, Math.floor(p / shape[1]), p % shape[1]);
      expect(Math.abs(score - exact)).toBeLessThan(2e-8);
    });
  });

  it("does not mind brightness and contrast, not even on a bright ground", () => {
    const [image, template] = [noise(40, 40), noise(7, 7)];
    const scores = matchTemplate(image, template);
    const brighter = tensor(
      image.shape,
      Float64Array.from(image.data, (value) => 1e6 + 3 * value),
    );
    const again = matchTemplate(
      brighter,
      tensor(
        template.shape,
        Float64Array.from(template.data, (t) => 5 - 2 * t),
      ),
    );
    scores.data.forEach((score, i) => {
      expect(again.data[i]).toBeCloseTo(-score, 6);
    });
  });

  it("gives a window of one value no score, and one with a NaN the score NaN", () => {
    const image = tensor([4, 8], new Float32Array(32).fill(7));
    for (const i of [6, 7, 14, 15]) image.data[i] = i;
    image.data[16] = Number.NaN;
    const scores = matchTemplate(image, tensor([2, 2], [0, 1, 2, 3])).data;
    expect(scores[1]).toBe(0);
    expect(scores[6]).toBeGreaterThan(0.9);
    expect(Array.from(scores.keys()).filter((i) => Number.isNaN(scores[i]))).toEqual([7, 14]);
  });

  it("finds where a part was cut out", () => {
    const image = noise(90, 80);
    const template = tensor(
      [12, 9],
      Float32Array.from({ length: 108 }, (_, p) => image.data[(31 + Math.floor(p / 9)) * 80 + 44 + (p % 9)]),
    );
    const [best, ...others] = findPeaks(matchTemplate(image, template), { threshold: 0.5 });
    expect(best).toMatchObject({ row: 31, column: 44 });
    expect(best.value).toBeCloseTo(1, 6);
    expect(others).toEqual([]);
  });

  it("refuses a template without contrast, or larger than the image", () => {
    const image = noise(5, 5);
    expect(() => matchTemplate(image, tensor([2, 2], [3, 3, 3, 3]))).toThrow(
      /^matchTemplate: template must hold finite values that are not all the same$/,
    );
    expect(() => matchTemplate(image, tensor([2, 2], [3, 3, Number.NaN, 3]))).toThrow(/must hold finite values/);
    expect(() => matchTemplate(image, noise(6, 2))).toThrow(/^matchTemplate: template \[6,2\] exceeds image \[5,5\]$/);
    expect(() => matchTemplate(image, tensor([1, 2], new Float64Array([1, 2])) as never)).toThrow(TypeError);
  });
});

describe("findPeaks", () => {
  const scores = tensor([3, 4], [5, 4, 0, 5, 1, Number.NaN, 3, 3, 0, 2, 2, 9]);
  const at = (options: PeakOptions): string[] =>
    findPeaks(scores, options).map(({ row, column }) => `${row},${column}`);

  it("takes the highest first, and of equals the first", () => {
    expect(at({ threshold: 3 })).toEqual(["2,3", "0,0", "0,3"]);
    expect(at({ threshold: 2, limit: 2 })).toEqual(["2,3", "0,0"]);
    expect(at({ threshold: 10 })).toEqual([]);
    expect(findPeaks(tensor([2, 2], [1, 1, 1, 1]), { threshold: 0 })).toEqual([]);
  });

  it("takes no slope for a peak", () => {
    const columns = (row: number[], options: PeakOptions): string =>
      findPeaks(tensor([1, row.length], row), options)
        .map(({ column }) => column)
        .join();
    expect(columns([5, 4, 3, 2, 1], { threshold: 0, distance: 2 })).toBe("0");
    expect(columns([0.91, 1, 0.95], { threshold: 0.9 })).toBe("1");
    expect(columns([1, 0, 0.5, 0, 2], { threshold: 0, distance: [1, 2] })).toBe("4,0");
  });

  it("takes what the definition takes, at any distance and limit", () => {
    const byDefinition = ({ shape, data }: Matrix, threshold: number, [rows, columns]: [number, number]): string[] => {
      const [height, width] = shape;
      const cells = [...data.keys()].filter((i) =>
        [...data.keys()].every(
          (j) =>
            Math.abs(Math.floor(i / width) - Math.floor(j / width)) > rows ||
            Math.abs((i % width) - (j % width)) > columns ||
            !(data[j]! > data[i]!),
        ),
      );
      const found: number[] = [];
      for (const i of cells.filter((i) => data[i]! >= threshold).sort((a, b) => data[b]! - data[a]! || a - b)) {
        const isFree = found.every(
          (j) =>
            Math.abs(Math.floor(i / width) - Math.floor(j / width)) >= rows ||
            Math.abs((i % width) - (j % width)) >= columns,
        );
        if (isFree) found.push(i);
      }
      expect(height * width).toBe(data.length);
      return found.map((i) => `${Math.floor(i / width)},${i % width}`);
    };
    for (const levels of [3, 9, 1e6]) {
      const image = tensor(
        [17, 23],
        Float32Array.from({ length: 391 }, (_, i) => Math.floor(levels * Math.abs(Math.sin(i * i)))),
      );
      for (const distance of [1, 2, 3, 7, 40]) {
        const expected = byDefinition(image, 1, [distance, distance]);
        const found = (limit?: number): string[] =>
          findPeaks(image, { threshold: 1, distance, limit }).map(({ row, column }) => `${row},${column}`);
        expect(found()).toEqual(expected);
        expect(found(2)).toEqual(expected.slice(0, 2));
      }
    }
  });

  it("refuses options that mean nothing", () => {
    const untyped = (value: unknown): never => value as never;
    expect(() => findPeaks(scores, { threshold: Number.NaN })).toThrow(RangeError);
    expect(() => findPeaks(scores, untyped(undefined))).toThrow(/threshold must be a number, got undefined/);
    expect(() => findPeaks(scores, { threshold: 1, distance: 0 })).toThrow(/distance must be a positive number or two/);
    expect(() => findPeaks(scores, { threshold: 1, distance: untyped([1]) })).toThrow(RangeError);
    expect(() => findPeaks(scores, { threshold: 1, limit: 0.5 })).toThrow(
      /limit must be an integer of 1 or more, got 0.5/,
    );
    expect(() => findPeaks(scores, untyped({ threshold: 1, radius: 2 }))).toThrow(/unknown option "radius"/);
  });
});

describe("whatever the scale", () => {
  const texture = (i: number): number => Math.round(64 * Math.sin(0.7 * i * i)) / 64;

  it.each([1e20, 9.96921e36, -3.4028234663852886e38, Number.NaN])(
    "a missing value of %d spoils its windows alone",
    (fill) => {
      for (const side of [8, 24]) {
        const data = Float32Array.from({ length: 6400 }, (_, i) => texture(i));
        const t = Float32Array.from(
          { length: side * side },
          (_, q) => data[(30 + Math.floor(q / side)) * 80 + 40 + (q % side)]!,
        );
        const clean = matchTemplate(tensor([80, 80], data), tensor([side, side], t));
        const spoilt = matchTemplate(tensor([80, 80], data.with(0, fill)), tensor([side, side], t));
        expect(spoilt.data[30 * (80 - side + 1) + 40]).toBeCloseTo(1, 6);
        for (let i = 1; i < clean.data.length; i++) expect(spoilt.data[i]).toBeCloseTo(clean.data[i]!, 6);
      }
    },
  );

  it.each([
    [0.1, 3],
    [0.7, 5],
    [1 / 3, 5],
    [1e-30, 10],
    [1e30, 3],
  ])("a template of one value %d is refused", (value, side) => {
    const image = tensor(
      [20, 20],
      Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i)),
    );
    expect(() => matchTemplate(image, tensor([side, side], new Float64Array(side * side).fill(value)))).toThrow(
      "matchTemplate: template must hold finite values that are not all the same",
    );
  });

  it.each([1e-200, 1e-150, 1, 1e150, 1e200])("of contrast %d the scores are those of contrast 1", (contrast) => {
    const image = Float64Array.from({ length: 900 }, (_, i) => texture(i));
    const t = Float64Array.from({ length: 36 }, (_, q) => image[(7 + Math.floor(q / 6)) * 30 + 9 + (q % 6)]!);
    const expected = matchTemplate(tensor([30, 30], image), tensor([6, 6], t)).data;
    expect(expected[7 * 25 + 9]).toBeCloseTo(1, 12);
    const scaled = tensor(
      [30, 30],
      image.map((value) => value * contrast),
    );
    for (const template of [t, t.map((value) => value * contrast)]) {
      matchTemplate(scaled, tensor([6, 6], template)).data.forEach((score, i) => {
        expect(score).toBeCloseTo(expected[i]!, 9);
      });
    }
  });

  it("scores a faint texture at any brightness, and one beside a bright part", () => {
    const faint = Float64Array.from({ length: 1600 }, (_, i) => texture(i) / 1024);
    const t = Float64Array.from({ length: 25 }, (_, q) => faint[(12 + Math.floor(q / 5)) * 40 + 13 + (q % 5)]!);
    for (const brightness of [0, 1e3, 1e6]) {
      const image = faint.map((value, i) => brightness + value + (i % 40 > 25 ? 1e6 : 0));
      const scores = matchTemplate(tensor([40, 40], image), tensor([5, 5], t));
      expect(scores.data[12 * 36 + 13]).toBeCloseTo(1, 9);
    }
  });

  it("scores windows of one value 0", () => {
    const image = tensor(
      [8, 8],
      Float64Array.from({ length: 64 }, (_, i) => (i % 8 < 5 ? 0.1 : i)),
    );
    expect(matchTemplate(image, tensor([2, 2], new Float64Array([0, 1, 2, 5]))).data[0]).toBe(0);
  });
});
