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
    expect(at({ threshold: 3 })).toEqual(["2,3", "0,0", "0,3", "0,1", "1,2", "1,3"]);
    expect(at({ threshold: 3, limit: 2 })).toEqual(["2,3", "0,0"]);
    expect(at({ threshold: 10 })).toEqual([]);
  });

  it("takes none that is nearer to a higher one than the distance, in rows and in columns", () => {
    expect(at({ threshold: 2, distance: 2 })).toEqual(["2,3", "0,0", "0,3", "2,1"]);
    expect(at({ threshold: 2, distance: [2, 3] })).toEqual(["2,3", "0,0", "0,3"]);
    expect(at({ threshold: 0, distance: 100 })).toEqual(["2,3"]);
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
