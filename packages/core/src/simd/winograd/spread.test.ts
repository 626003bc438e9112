import { seededRandom } from "@corr2d/testkit";
import { expect, it } from "vitest";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { type AxisTile, type Form, formName, formOf } from "./points.ts";
import { areEven, cellUnroll, emitSpread, maskOf, spreadName } from "./spread.ts";

/** Maxima of four output channels: the largest weight of all, the least of the largest by input channel, those of nine taps. */
const maxima = (byChannel: number, byTap: number): Float32Array => {
  const values = new Float32Array(4 * (2 + 9)).fill(1);
  values[4 + 2] = byChannel;
  values[4 * 5 + 2] = byTap;
  return values;
};

it("weights may differ more between input channels than between taps, and those that are zero do not count", () => {
  expect(areEven(maxima(1, 1))).toBe(true);
  expect(areEven(maxima(1 / 4096, 1 / 256))).toBe(true);
  expect(areEven(maxima(1 / 4097, 1))).toBe(false);
  expect(areEven(maxima(1, 1 / 257))).toBe(false);
  expect(areEven(maxima(0, 0))).toBe(true);
});

it("weights that are not finite, or as large as products may get, are not even", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 127]) {
    const values = maxima(1, 1);
    values[3] = value;
    expect(areEven(values)).toBe(false);
  }
});

const firstIntegers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const forms = ([2, 4] as const).flatMap((tileSize) => [
  ...[1, 3, 5, 7, 9].flatMap((rows) => [1, 3, 5, 7, 9].map((columns) => formOf(rows, columns, tileSize))),
  ...[4, 5, 6, 7].flatMap((rows) => [4, 5, 6, 7].map((columns) => formOf(rows, columns, tileSize, 2))),
]);

/** The extremes of a tile by their definition, in X of its cells; the outputs of the first rows and columns are wanted. */
function extremesOf(x: (i: number, j: number) => number, { rows, columns }: Form, wanted: readonly [number, number]) {
  const most = (top: number, left: number, height: number, width: number): number =>
    Math.max(...firstIntegers(height * width).map((q) => x(top + Math.floor(q / width), left + (q % width))));
  const over = (height: number, width: number, value: (i: number, j: number) => number): number[] =>
    firstIntegers(height).flatMap((i) => firstIntegers(width).map((j) => value(i, j)));
  const windows = over(wanted[0], wanted[1], (i, j) =>
    most(i * rows.stride, j * columns.stride, rows.taps, columns.taps),
  );
  const isCommon = ({ taps, stride, outputs }: AxisTile): boolean => taps > stride * (outputs - 1);
  const [h, w] = columns.taps > 1 ? [1, 3] : [3, 1];
  const threes = over(rows.inputs - h + 1, columns.inputs - w + 1, (i, j) => most(i, j, h, w));
  const inCommon = isCommon(rows) && isCommon(columns) ? threes.filter((value) => value > 0) : [];
  return [most(0, 0, rows.inputs, columns.inputs), Math.min(...windows, ...inCommon)];
}

it.each(forms.filter((form) => typeof form !== "string"))(
  "of tiles side by side, the extremes of each are those of its own cells: $rows.taps×$columns.taps, stride $rows.stride",
  (form) => {
    const random = seededRandom(4, formName(form));
    const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
    const variant = { form, unroll: 1, rest: 0 };
    const { measureTiles } = engine.functions(spreadName(variant), () => emitSpread(variant));
    const { rows, columns } = form;
    const tiles = 3;
    // A tile more than is measured, whose cells are the least of all: nobody sees them.
    const step = columns.outputs * columns.stride;
    const width = (tiles + 1) * step + columns.inputs + 8;
    const { address } = engine.memory.allocate(4 * (width * rows.inputs + 2 * tiles) + 16 * 100);
    const [to, mask] = [address + 4 * width * rows.inputs, address + 4 * (width * rows.inputs + 2 * tiles)];
    const { floats } = engine.memory;
    for (let round = 0; round < 20; round++) {
      const wanted = [random.integer(1, rows.outputs), random.integer(1, columns.outputs)] as const;
      const end = (tiles - 1) * step + columns.inputs;
      for (let p = 0; p < width * rows.inputs; p++) {
        const isSeen = p % width < end;
        floats[address / 4 + p] = isSeen ? random.pick([0, 1, 1, 1]) * 2 ** random.integer(-9, 9) : 2 ** -40;
      }
      new Int32Array(floats.buffer).set(maskOf(form, ...wanted), mask / 4);
      measureTiles!(tiles, 4 * width, address, to, mask);
      for (let tile = 0; tile < tiles; tile++) {
        const x = (i: number, j: number): number => floats[address / 4 + i * width + tile * step + j]!;
        const at = to / 4 + 2 * tile;
        expect([...floats.subarray(at, at + 2)], `round ${round}, tile ${tile}`).toEqual(extremesOf(x, form, wanted));
      }
    }
  },
);

it.each([2, 3, 4, 5, 6, 7, 40])(
  "of cells with %i channels, the largest magnitude is that of all of them, and of no others",
  (channels) => {
    const engine = new SimdEngine(hostWebAssembly()!, simdFeatures());
    const variant = { form: formOf(7, 7, 4, 2) as Form, unroll: cellUnroll(channels), rest: channels % 4 };
    const { measureCells } = engine.functions(spreadName(variant), () => emitSpread(variant));
    const random = seededRandom(4, `${channels}`);
    const cells = 9;
    const { address } = engine.memory.allocate(4 * cells * (channels + 1) + 16);
    const { floats } = engine.memory;
    const values = floats.subarray(address / 4, address / 4 + cells * channels);
    for (let i = 0; i < values.length; i++) values[i] = random.normal();
    floats[address / 4 + values.length] = 1e30; // what follows is not looked at
    const to = address + 4 * (values.length + 4);
    measureCells!(cells, variant.unroll === 0 ? 0 : Math.floor(channels / (4 * variant.unroll)), address, to);
    for (let cell = 0; cell < cells; cell++)
      expect(floats[to / 4 + cell]).toBe(
        Math.max(...values.slice(cell * channels, (cell + 1) * channels).map(Math.abs)),
      );
  },
);
