import { seededRandom } from "@corr2d/testkit";
import { describe, expect, it, vi } from "vitest";
import { Picture } from "./picture.ts";
import { scoreAll, TEMPLATE_SCORES, type TemplateCells, type TemplateScore } from "./scores.ts";

const random = seededRandom(2, "scores");
const noise = (length: number, size = 1): Float64Array => Float64Array.from({ length }, () => size * random.normal());

function scoresOf(picture: Picture, template: TemplateCells, score: TemplateScore): Float64Array {
  const [rows, columns] = [0, 1].map((axis) => picture.shape[axis]! - template.size[axis]! + 1) as [number, number];
  const scores = new Float64Array(rows * columns).fill(Number.NaN);
  scoreAll(picture, template, score, scores);
  return scores;
}

it.each(TEMPLATE_SCORES)("%s: no window of an ordinary picture is scored one by one", (score) => {
  using picture = new Picture(noise(24 * 30 * 2), [24, 30, 2]);
  const byDefinition = vi.spyOn(picture, "isFlat"); // what it begins with
  const cells = [noise(20), noise(20)];
  for (const weights of [undefined, cells.map((plane) => plane.map(() => random.uniform(0.1, 1)))]) {
    for (const value of scoresOf(picture, { size: [4, 5], cells, weights }, score)) expect(value).not.toBeNaN();
  }
  expect(byDefinition).not.toHaveBeenCalled();
});

describe("where squares are no numbers", () => {
  const size = [3, 4] as const;
  const weights = [noise(12).map(Math.abs)];
  const planes = (data: Float64Array): Picture => new Picture(data, [16, 20, 1]);
  /** Σ w·x². */
  const square = (values: Float64Array): number => values.reduce((sum, x, q) => sum + (weights[0]![q]! * x) ** 2, 0);
  const windowAt = (data: Float64Array, p: number): Float64Array =>
    Float64Array.from({ length: 12 }, (_, q) => data[(Math.floor(p / 17) + (q >> 2)) * 20 + (p % 17) + (q & 3)]!);

  it.each([1e-158, 1e-160, 1e-162, 1e-170])("a faint template, of %d, differs by what the window is", (faint) => {
    const [data, t] = [noise(320), noise(12)];
    using picture = planes(data);
    const scores = scoresOf(picture, { size, cells: [t.map((each) => each * faint)], weights }, "sqdiff-normed");
    scores.forEach((value, p) => {
      const exact = Math.sqrt(square(windowAt(data, p)) / square(t)) / faint;
      expect(Math.abs(value / exact - 1)).toBeLessThan(1e-9);
    });
  });

  it.each([1e-158, 1e-160, 1e-162, 1e-170])("a faint window, of %d, differs by what the template is", (faint) => {
    const t = noise(12);
    const data = noise(320).map((x, i) => (i % 20 < 8 ? x * faint : x));
    using picture = planes(data);
    const scores = scoresOf(picture, { size, cells: [t], weights }, "sqdiff-normed");
    for (let p = 0; p < scores.length; p += 17) {
      const exact = Math.sqrt(square(t) / square(windowAt(data, p).map((x) => x / faint))) / faint;
      expect(Math.abs(scores[p]! / exact - 1)).toBeLessThan(1e-9);
    }
  });

  it("a window and a template that are both vast, but not alike, do not match", () => {
    const data = noise(320).with(0, 1e150);
    using picture = planes(data);
    const template = { size, cells: [noise(12, 1e130)], weights: undefined };
    expect(scoresOf(picture, template, "sqdiff-normed")[0]).toBe(1);
    expect(Math.abs(scoresOf(picture, template, "ccorr-normed")[0]!)).toBeGreaterThan(1e-3);
  });
});
