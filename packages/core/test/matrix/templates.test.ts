/** Templates by every score: against the definition, on pictures that are hard for sums. */

import { findPeaks, matchTemplate, planTemplates, type TemplateScore, tensor } from "@corr2d/core";
import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";

const SCORES: readonly TemplateScore[] = [
  "ccoeff-normed",
  "ccoeff",
  "ccorr-normed",
  "ccorr",
  "sqdiff-normed",
  "sqdiff",
];
const random = seededRandom(1, "templates");
const noise = (length: number, contrast = 1, offset = 0): Float64Array =>
  Float64Array.from({ length }, () => offset + contrast * random.normal());

/** The definition, of one window, in float64 about its own mean. */
function defined(x: ArrayLike<number>, t: ArrayLike<number>, score: TemplateScore): number {
  const mean = (values: ArrayLike<number>): number => {
    let sum = 0;
    for (let q = 0; q < values.length; q++) sum += values[q]! - values[0]!;
    return values[0]! + sum / values.length;
  };
  const isCentred = score.startsWith("ccoeff");
  const [x0, t0] = isCentred ? [mean(x), mean(t)] : [0, 0];
  let [product, squareX, squareT, difference] = [0, 0, 0, 0];
  for (let q = 0; q < x.length; q++) {
    const [a, b] = [x[q]! - x0, t[q]! - t0];
    product += a * b;
    squareX += a * a;
    squareT += b * b;
    difference += (a - b) ** 2;
  }
  const value = score.startsWith("sqdiff") ? difference : product;
  if (!score.endsWith("-normed")) return value;
  const normed = value / Math.sqrt(squareX) / Math.sqrt(squareT);
  return Number.isNaN(normed) ? 0 : Math.min(1, normed);
}

const HEIGHT = 40;
const WIDTH = 50;
const PICTURES: Readonly<Record<string, () => Float64Array>> = {
  noise: () => noise(HEIGHT * WIDTH),
  "contrast 1e-3 at 1e6": () => noise(HEIGHT * WIDTH, 1e-3, 1e6),
  "contrast 1e-3 at −1e6, beside 1e6": () =>
    noise(HEIGHT * WIDTH, 1e-3).map((x, i) => x + (i % WIDTH > 30 ? 1e6 : -1e6)),
  "contrast 1e-9 at 5, beside contrast 1": () =>
    noise(HEIGHT * WIDTH).map((x, i) => (i % WIDTH > 15 ? 5 + 1e-9 * x : x)),
  "contrast 1e-3 at 0, beside 1e9": () => noise(HEIGHT * WIDTH).map((x, i) => (i % WIDTH > 30 ? 1e-3 * x : 1e9 + x)),
  "contrast 1 beside contrast 1e150": () => noise(HEIGHT * WIDTH).map((x, i) => (i % WIDTH > 20 ? x : 1e150 * x)),
  "contrast 1e5 at 1e-3": () => noise(HEIGHT * WIDTH, 1e5, 1e-3),
  "all but black beside brightness 100": () =>
    noise(HEIGHT * WIDTH, 20, 100.3).map((x, i) => (i % WIDTH < 15 ? x * 1e-5 : x)),
  "black beside brightness 100": () => noise(HEIGHT * WIDTH, 20, 100.3).map((x, i) => (i % WIDTH < 15 ? 0 : x)),
  "whole numbers with flat parts": () =>
    noise(HEIGHT * WIDTH).map((_, i) => (i % WIDTH < 25 ? 200 : random.integer(0, 255))),
};

describe.each(Object.keys(PICTURES))("%s", (kind) => {
  it.each([
    [5, 4],
    [1, 3],
    [17, 30],
  ] as const)("template %i × %i", (h, w) => {
    const data = PICTURES[kind]!();
    const windowAt = (i: number, j: number): Float64Array =>
      Float64Array.from({ length: h * w }, (_, q) => data[(i + Math.floor(q / w)) * WIDTH + j + (q % w)]!);
    const t = windowAt(HEIGHT - h - 2, WIDTH - w - 3);
    using plan = planTemplates(tensor([HEIGHT, WIDTH], data));
    for (const score of SCORES) {
      const scores = plan.run(tensor([h, w], t), { score });
      const columns = WIDTH - w + 1;
      scores.data.forEach((value, p) => {
        const window = windowAt(Math.floor(p / columns), p % columns);
        const exact = defined(window, t, score);
        // Of sums that are not normed, the largest that this window may have is the measure.
        const own = score.startsWith("ccoeff") ? "ccoeff" : "ccorr";
        const size =
          score === "sqdiff" ? exact : Math.sqrt(defined(window, window, own)) * Math.sqrt(defined(t, t, own));
        const tolerance = 1e-7 * (score.endsWith("-normed") ? 1 : size);
        if (!(Math.abs(value - exact) <= tolerance)) expect(value, `${score}, value ${p}`).toBe(exact);
      });
    }
  });
});

it("finds a part again by every score, in each channel's colours", () => {
  const image = tensor(
    [30, 40, 3],
    Float32Array.from({ length: 3600 }, (_, i) => random.integer(0, 80) + 80 * (i % 3)),
  );
  const part = tensor(
    [6, 7, 3],
    Float32Array.from({ length: 126 }, (_, q) => image.data[((11 + Math.floor(q / 21)) * 40 + 22) * 3 + (q % 21)]!),
  );
  using plan = planTemplates(image);
  for (const score of SCORES.filter((each) => each !== "ccorr" && each !== "ccoeff")) {
    const { shape, data } = plan.run(part, { score });
    const best = score.startsWith("sqdiff") ? Math.min(...data) : Math.max(...data);
    expect(best).toBeCloseTo(score.startsWith("sqdiff") ? 0 : 1, 6);
    expect(data.indexOf(best)).toBe(11 * shape[1] + 22);
  }
  const other = plan.run(part, { mask: tensor([6, 7], new Float32Array(42).fill(1)) });
  const unmasked = plan.run(part);
  for (const [i, value] of other.data.entries()) expect(value).toBeCloseTo(unmasked.data[i]!, 5);
});

it("what a mask hides does not matter", () => {
  const image = tensor([20, 20], noise(400));
  const t = Float64Array.from({ length: 25 }, (_, q) => image.data[(8 + Math.floor(q / 5)) * 20 + 9 + (q % 5)]!);
  const mask = tensor(
    [5, 5],
    t.map((_, q) => (q % 5 === 2 ? 0 : 1)),
  );
  const spoilt = tensor(
    [5, 5],
    t.map((value, q) => (q % 5 === 2 ? 1e3 : value)),
  );
  for (const score of ["ccoeff-normed", "ccorr-normed", "sqdiff-normed"] as const) {
    const { data } = matchTemplate(image, spoilt, { score, mask });
    expect(data[8 * 16 + 9]).toBeCloseTo(score === "sqdiff-normed" ? 0 : 1, 7);
  }
});

it("a value that is not finite reaches the windows that see it", () => {
  const image = noise(400).with(205, Number.NaN).with(3, Number.POSITIVE_INFINITY);
  for (const score of SCORES) {
    const { data, shape } = matchTemplate(tensor([20, 20], image), tensor([3, 4], noise(12)), { score });
    data.forEach((value, p) => {
      const [i, j] = [Math.floor(p / shape[1]), p % shape[1]];
      const sees = (row: number, column: number): boolean => row >= i && row < i + 3 && column >= j && column < j + 4;
      if (Number.isNaN(value) !== (sees(10, 5) || sees(0, 3)))
        expect(value, `${score} at ${i}, ${j}`).toBe("otherwise");
    });
  }
});

it("refuses what cannot be right", () => {
  const untyped = (value: unknown): never => value as never;
  const image = tensor([5, 6, 3], new Float32Array(90).fill(1));
  const part = tensor(
    [2, 2, 3],
    Float32Array.from({ length: 12 }, (_, i) => i),
  );
  const refused: readonly (readonly [() => unknown, string])[] = [
    [
      () => matchTemplate(image, tensor([2, 2], [1, 2, 3, 4])),
      "matchTemplate: image has 3 channels, but template has 1",
    ],
    [
      () => matchTemplate(image, part, { score: untyped("ncc") }),
      'matchTemplate: score must be "ccoeff-normed", "ccoeff"',
    ],
    [() => matchTemplate(image, part, untyped({ method: "sqdiff" })), 'matchTemplate: unknown option "method"'],
    [
      () => matchTemplate(image, part, { mask: tensor([2, 3], new Float32Array(6)) }),
      "matchTemplate: mask [2,3] must have the sides of the template [2,2,3]",
    ],
    [
      () => matchTemplate(image, part, { mask: tensor([2, 2], [1, 1, 1, -1]) }),
      "matchTemplate: mask must hold finite weights of 0 or more, got -1",
    ],
    [
      () => matchTemplate(image, part, { mask: tensor([2, 2], [0, 0, 0, 0]) }),
      "matchTemplate: mask holds no weight above 0",
    ],
    [() => matchTemplate(untyped([1, 2]), part), "matchTemplate: image must be a tensor { shape, data }, got [1,2]"],
    [
      () => matchTemplate(image, tensor([6, 2, 3], new Float32Array(36))),
      "matchTemplate: template [6,2] exceeds image [5,6]",
    ],
    [() => planTemplates(tensor([0, 4], [])), "planTemplates: image [0,4] is empty"],
    [() => planTemplates(image).run(part.data as never), "planTemplates.run: template must be a tensor"],
  ];
  for (const [call, text] of refused) expect(call).toThrow(text);
  const plan = planTemplates(image);
  plan[Symbol.dispose]();
  expect(() => plan.run(part)).toThrow("planTemplates.run: the plan was disposed of");
});

describe("findPeaks", () => {
  it("leaves out what is near the border, as peak_local_max does", () => {
    const scores = tensor(
      [5, 5],
      Float32Array.from({ length: 25 }, (_, i) => (i === 0 ? 9 : i === 12 ? 3 : i === 11 ? 2 : 0)),
    );
    const at = (excludeBorder: number | readonly [number, number]): string =>
      findPeaks(scores, { threshold: 1, excludeBorder })
        .map(({ row, column }) => `${row},${column}`)
        .join(" ");
    expect([at(0), at(1), at([0, 1]), at(2), at(3)]).toEqual(["0,0 2,2", "2,2", "2,2", "2,2", ""]);
    for (const excludeBorder of [-1, 0.5, [1], "1"] as never[]) {
      expect(() => findPeaks(scores, { threshold: 1, excludeBorder })).toThrow(
        /excludeBorder must be an integer of 0 or more/,
      );
    }
  });

  it("finds the top of a parabola between the cells", () => {
    const [top, left, height] = [3.3, 4.8, 2];
    const scores = tensor(
      [8, 9],
      Float64Array.from(
        { length: 72 },
        (_, i) => height - 0.1 * (Math.floor(i / 9) - top) ** 2 - 0.3 * ((i % 9) - left) ** 2,
      ),
    );
    const [peak] = findPeaks(scores, { threshold: 0, refine: true });
    expect(peak!.row).toBeCloseTo(top, 9);
    expect(peak!.column).toBeCloseTo(left, 9);
    expect(peak!.value).toBeCloseTo(height, 9);
    // At the border there is nothing to refine by.
    expect(findPeaks(tensor([1, 3], [5, 4, 3]), { threshold: 0, refine: true })).toEqual([
      { row: 0, column: 0, value: 5 },
    ]);
  });
});

describe("a float32 picture that is large enough for tiles", () => {
  const [height, width] = [130, 257];
  const kinds: Readonly<Record<string, (i: number, j: number) => number>> = {
    bytes: () => random.integer(0, 255),
    "a sky over a wood": (i) => (i < 60 ? random.integer(198, 201) : random.integer(0, 160)),
    "white over bytes": (i) => (i < 60 ? 255 : random.integer(0, 255)),
    "contrast 1 at 1e5": () => 1e5 + random.integer(0, 8) / 8,
    "contrast 1e-6": () => 1e-6 * random.normal(),
    "contrast 1 beside a cell of 1e30": (i, j) => (i === 100 && j === 200 ? 1e30 : random.normal()),
    "a NaN": (i, j) => (i === 100 && j === 200 ? Number.NaN : random.normal()),
  };
  it.each(Object.keys(kinds))("%s: scores are right to 1e-5", (kind) => {
    const picture = new Float32Array(height * width);
    for (let p = 0; p < picture.length; p++) picture[p] = kinds[kind]!(Math.floor(p / width), p % width);
    using plan = planTemplates(tensor([height, width], picture));
    using exactly = planTemplates(tensor([height, width], Float64Array.from(picture)));
    // The second is looked for in the tiles of the first, the third in others. What no transform takes is slow.
    const isSlow = kind.includes("1e30") || kind.includes("NaN");
    const sizes: readonly (readonly [number, number])[] = [
      [9, 13],
      [16, 16],
      [40, 70],
      [1, 160],
    ];
    for (const [h, w] of isSlow ? sizes.slice(0, 1) : sizes) {
      const [top, left] = [height - h - 1, width - w - 2];
      const t = Float32Array.from(
        { length: h * w },
        (_, q) => picture[(top + Math.floor(q / w)) * width + left + (q % w)]!,
      );
      const { shape, data } = plan.run(tensor([h, w], t));
      const exact = exactly.run(tensor([h, w], Float64Array.from(t))).data;
      expect(shape).toEqual([height - h + 1, width - w + 1]);
      let worst = 0;
      for (let p = 0; p < data.length; p++) {
        if (Number.isNaN(exact[p]!) !== Number.isNaN(data[p]!)) expect(data[p], `${h} × ${w}, ${p}`).toBe(exact[p]);
        if (Math.abs(data[p]! - exact[p]!) > worst) worst = Math.abs(data[p]! - exact[p]!);
      }
      expect(worst, `${h} × ${w}`).toBeLessThan(1e-5);
      expect(data[top * shape[1] + left]).toBeCloseTo(1, 6);
    }
  });

  it("is scored anew alike, however many sizes were asked for between", () => {
    const picture = tensor([height, width], Float32Array.from(noise(height * width)));
    using plan = planTemplates(picture);
    const part = (h: number, w: number): ReturnType<typeof tensor> => tensor([h, w], Float32Array.from(noise(h * w)));
    const first = part(12, 20);
    const before = plan.run(first as never).data;
    for (const side of [3, 17, 33, 50, 65]) plan.run(part(side, side + 1) as never);
    const held = plan.scratchBytes;
    expect(plan.run(first as never).data).toEqual(before);
    for (const side of [3, 17, 33, 50, 65]) plan.run(part(side, side + 1) as never);
    // What is kept of sizes is of a few.
    expect(plan.scratchBytes).toBe(held);
  });
});
