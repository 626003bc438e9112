/**
 * Mistakes that show only in certain values: what is not finite, too large, too small, an integer past a narrower type, or
 * small beside something large.
 *
 * @module
 */

import type { CaseData, CasePass, SpatialCase } from "@corr2d/testkit";
import { type Mutant, ofData, ofJoints, ofResult } from "./mutant.ts";
import { cut } from "./sizes.ts";
import { withBits } from "./slips.ts";

const fround = Math.fround;
const LARGEST = 3.4028234663852886e38;

type Arrays = keyof CaseData;

/** Other values in some of the arrays. */
function given(
  id: string,
  what: string,
  names: readonly Arrays[],
  change: (value: number, array: Float32Array) => number,
): Mutant {
  return ofData({ id, what, kind: "value" }, (data) => {
    const changed = names.flatMap((name) => {
      const array = data[name];
      return array === undefined ? [] : [[name, array.map((value) => change(value, array))] as const];
    });
    return { ...data, ...Object.fromEntries(changed) };
  });
}

/** Another result. */
function answered(id: string, what: string, change: (value: number) => number, pass?: CasePass): Mutant {
  const applies = (_: unknown, __: SpatialCase, asked: CasePass): boolean => pass === undefined || asked === pass;
  return ofResult({ id, what, kind: "value" }, (y) => y.map(change), applies);
}

const product = (id: string, what: string, multiply: (a: number, b: number) => number): Mutant =>
  ofJoints(id, what, { product: multiply }, "value");

function largestOf(array: Float32Array): number {
  return array.reduce((largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest), 0);
}

/** In steps of the largest value, as quantised weights are. */
function quantised(levels: number): (value: number, array: Float32Array) => number {
  return (value, array) => {
    const step = largestOf(array) / levels;
    return step === 0 || !Number.isFinite(value) ? value : fround(Math.round(value / step) * step);
  };
}

function saturated(limit: number): (value: number) => number {
  return (value) => (Number.isInteger(value) ? Math.max(-limit, Math.min(limit - 1, value)) : value);
}

/** Wrong forward where somebody thinks that the values allow a shortcut. */
function shortcut(
  id: string,
  what: string,
  applies: (data: CaseData) => boolean,
  change: (y: Float32Array) => Float32Array,
): Mutant {
  return ofResult(
    { id, what, kind: "value" },
    (y, { data }) => (data.x.length > 1 && data.filter.length > 1 && applies(data) ? change(y) : y),
    (_, __, pass) => pass === "forward",
  );
}

/** Sums that saturate where no factor has more bits than a type of integers. */
function saturating(id: string, what: string, bits: number, sumBits: number, pass: CasePass): Mutant {
  const [least, most] = [-(2 ** sumBits), 2 ** sumBits - 1];
  const isNarrow = (array: Float32Array): boolean =>
    array.every((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** bits);
  return ofResult(
    { id, what, kind: "value" },
    (y, { data: { x, filter, dy } }) => {
      const factors = {
        forward: [x, filter],
        inputGradient: [filter, dy],
        filterGradient: [x, dy],
        biasGradient: [dy],
      };
      return factors[pass].every(isNarrow) ? y.map((value) => Math.max(least, Math.min(most, value))) : y;
    },
    (_, __, asked) => asked === pass,
  );
}

const isConstant = (array: Float32Array): boolean => array.every((value) => value === array[0]);
const isSign = (value: number): boolean => Math.abs(value) === 1;
const isSparse = (array: Float32Array): boolean =>
  array.some((value) => value !== 0) && array.filter((value) => value === 0).length > array.length / 2;
const isNarrow = ({ x, filter }: CaseData): boolean =>
  [x, filter].every((array) => array.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 17));
const isOfBytes = ({ x }: CaseData): boolean =>
  x.every((value) => Number.isInteger(value) && value >= 0 && value < 256) && x.some((value) => value > 1);

export const VALUE_MUTANTS: readonly Mutant[] = [
  // What is not finite.
  product(
    "zero-inputs-skipped",
    "a product with a zero of the first factor is skipped, whatever the other is",
    (a, b) => (a === 0 ? 0 : fround(a * b)),
  ),
  product(
    "zero-weights-skipped",
    "a product with a zero of the second factor is skipped, whatever the other is",
    (a, b) => (b === 0 ? 0 : fround(a * b)),
  ),
  given("nan-weights-as-zero", "a NaN among the weights taken for 0", ["filter"], (value) =>
    Number.isNaN(value) ? 0 : value,
  ),
  given("nan-inputs-as-zero", "a NaN in the image taken for 0", ["x"], (value) => (Number.isNaN(value) ? 0 : value)),
  given("nan-gradients-as-zero", "a NaN in dy taken for 0", ["dy"], (value) => (Number.isNaN(value) ? 0 : value)),
  given("infinite-weights-clamped", "infinite weights taken for the largest number", ["filter"], (value) =>
    Math.max(-LARGEST, Math.min(LARGEST, value)),
  ),
  given("infinite-inputs-clamped", "infinities in the image taken for the largest number", ["x"], (value) =>
    Math.max(-LARGEST, Math.min(LARGEST, value)),
  ),
  given("non-finite-bias-dropped", "a bias that is not finite taken for 0", ["bias"], (value) =>
    Number.isFinite(value) ? value : 0,
  ),
  answered(
    "nan-as-minus-infinity",
    "a NaN answered as −∞, as a clamp of outputs does",
    (value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value),
    "forward",
  ),
  ofResult({ id: "nan-spread", what: "one NaN spoils the four elements of its block", kind: "value" }, (y) =>
    y.map((value, i) => (y.subarray(i & ~3, (i & ~3) + 4).some(Number.isNaN) ? Number.NaN : value)),
  ),
  ofResult({ id: "infinity-as-nan", what: "infinities answered as NaN, as a transform gives", kind: "value" }, (y) =>
    y.map((value) => (Number.isFinite(value) ? value : Number.NaN)),
  ),
  // Too large.
  answered("overflow-as-nan", "sums past the largest number answered as NaN", (value) =>
    value === Number.POSITIVE_INFINITY ? Number.NaN : value,
  ),
  answered("overflow-as-largest", "sums past the largest number answered as it", (value) =>
    value === Number.POSITIVE_INFINITY ? LARGEST : value,
  ),
  given("inputs-clamped-at-2-60", "the image clamped at 2⁶⁰", ["x"], (value) =>
    Math.max(-(2 ** 60), Math.min(2 ** 60, value)),
  ),
  given("weights-clamped-at-2-60", "weights clamped at 2⁶⁰", ["filter"], (value) =>
    Math.max(-(2 ** 60), Math.min(2 ** 60, value)),
  ),
  given("float16-range", "values past 65,504 infinite", ["x", "filter", "dy"], (value) =>
    Math.abs(value) > 65504 ? Math.sign(value) * Number.POSITIVE_INFINITY : value,
  ),
  answered(
    "outputs-clamped-at-1e6",
    "outputs clamped at a million",
    (value) => Math.max(-1e6, Math.min(1e6, value)),
    "forward",
  ),
  // Too small.
  given("weights-below-2-64-dropped", "weights below 2⁻⁶⁴ taken for 0", ["filter"], (value) =>
    Math.abs(value) < 2 ** -64 ? 0 : value,
  ),
  given("inputs-below-1e-7-dropped", "an image below 10⁻⁷ taken for 0", ["x"], (value) =>
    Math.abs(value) < 1e-7 ? 0 : value,
  ),
  given("gradients-below-2-24-dropped", "a dy below 2⁻²⁴ taken for 0, as float16 does", ["dy"], (value) =>
    Math.abs(value) < 2 ** -24 ? 0 : value,
  ),
  given("gradients-below-2-80-flushed", "a dy below 2⁻⁸⁰ taken for 0", ["dy"], (value) =>
    Math.abs(value) < 2 ** -80 ? 0 : value,
  ),
  given("gradients-clamped-at-2-60", "dy clamped at 2⁶⁰", ["dy"], (value) =>
    Math.max(-(2 ** 60), Math.min(2 ** 60, value)),
  ),
  given("weights-below-2-100-flushed", "weights below 2⁻¹⁰⁰ taken for 0", ["filter"], (value) =>
    Math.abs(value) < 2 ** -100 ? 0 : value,
  ),
  given("subnormal-inputs-flushed", "subnormals of the image taken for 0", ["x"], (value) =>
    Math.abs(value) < 2 ** -126 ? 0 : value,
  ),
  given("subnormal-gradients-flushed", "subnormals of dy taken for 0", ["dy"], (value) =>
    Math.abs(value) < 2 ** -126 ? 0 : value,
  ),
  answered("small-outputs-dropped", "outputs below 10⁻¹⁰ taken for 0", (value) =>
    Math.abs(value) < 1e-10 ? 0 : value,
  ),
  // Integers past a narrower type.
  given("inputs-as-int8", "integers of the image saturate at 8 bits", ["x"], saturated(2 ** 7)),
  given("inputs-as-int16", "integers of the image saturate at 16 bits", ["x"], saturated(2 ** 15)),
  given("weights-as-int8", "integer weights saturate at 8 bits", ["filter"], saturated(2 ** 7)),
  given("weights-as-int16", "integer weights saturate at 16 bits", ["filter"], saturated(2 ** 15)),
  given("gradients-as-int16", "integers of dy saturate at 16 bits", ["dy"], saturated(2 ** 15)),
  answered("sums-wrap-at-int16", "integer sums wrap at 16 bits", (value) =>
    Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? (value << 16) >> 16 : value,
  ),
  answered("sums-saturate-at-2-20", "integer sums saturate at 20 bits", (value) =>
    Number.isInteger(value) ? Math.max(-(2 ** 20), Math.min(2 ** 20, value)) : value,
  ),
  product("products-wrap-at-int16", "integer products wrap at 16 bits", (a, b) => {
    const exact = a * b;
    return Number.isInteger(a) && Number.isInteger(b) && Math.abs(exact) < 2 ** 31
      ? (exact << 16) >> 16
      : fround(exact);
  }),
  given("weights-quantised-8", "weights in 127 steps of the largest", ["filter"], quantised(2 ** 7 - 1)),
  given("weights-quantised-16", "weights in 32,767 steps of the largest", ["filter"], quantised(2 ** 15 - 1)),
  given("inputs-quantised-16", "the image in 32,767 steps of the largest", ["x"], quantised(2 ** 15 - 1)),
  given(
    "inputs-quantised-20",
    "the image in 2²⁰ steps of the largest, as a common exponent gives",
    ["x"],
    quantised(2 ** 20),
  ),
  given("gradients-quantised-16", "dy in 32,767 steps of the largest", ["dy"], quantised(2 ** 15 - 1)),
  // What is taken for simpler than it is.
  given("subnormal-weights-flushed", "subnormal weights taken for 0", ["filter"], (value) =>
    Math.abs(value) < 2 ** -126 ? 0 : value,
  ),
  shortcut("int32-sums", "sums of integers below 2¹⁷ wrap at 32 bits", isNarrow, (y) =>
    y.map((value) => (Number.isFinite(value) ? Number(BigInt.asIntN(32, BigInt(Math.round(value)))) : value)),
  ),
  saturating("int16-products-in-int32", "int16 in sums that saturate at 32 bits", 15, 31, "forward"),
  saturating("int16-gradients-in-int32", "int16 in gradients that saturate at 32 bits", 15, 31, "filterGradient"),
  saturating("int8-products-in-int16", "int8 in sums that saturate at 16 bits", 7, 15, "forward"),
  saturating("bytes-in-int16", "bytes in gradients that saturate at 16 bits", 8, 15, "inputGradient"),
  shortcut("pixels-as-bytes", "an image of bytes is computed with weights of 8 bits", isOfBytes, (y) =>
    y.map((value) => withBits(value, 8)),
  ),
  shortcut(
    "one-weight",
    "a filter of one number is taken for a mean",
    ({ filter }) => isConstant(filter),
    (y) => y.map((value) => fround(value * (1 + 2 ** -18))),
  ),
  shortcut(
    "signs-as-bits",
    "a filter of ±1 is computed as bits",
    ({ filter }) => filter.every(isSign) && !isConstant(filter),
    (y) => y.map((value) => fround(Math.round(value))),
  ),
  shortcut(
    "few-weights",
    "the last weight of a sparse filter is lost",
    ({ filter }) => isSparse(filter),
    (y) => y.with(-1, 0),
  ),
  shortcut(
    "no-weights-no-bias",
    "the bias is lost where all weights are 0",
    ({ filter }) => filter.every((value) => value === 0),
    (y) => y.fill(0),
  ),
  shortcut(
    "no-image-no-bias",
    "the bias is lost where the whole image is 0",
    ({ x }) => x.every((value) => value === 0),
    (y) => y.fill(0),
  ),
  shortcut(
    "negative-image",
    "the last element is lost where nothing in the image is positive",
    ({ x }) => x.every((value) => value < 0),
    (y) => y.with(-1, 0),
  ),
  // Formats.
  ofData({ id: "tf32-inputs", what: "every factor in TF32", kind: "value" }, cut(11)),
  ofData({ id: "bf16-inputs", what: "every factor in bfloat16", kind: "value" }, cut(8)),
  ofData({ id: "18-bit-inputs", what: "every factor in 18 bits", kind: "value" }, cut(18)),
  given("f16-weights", "weights in float16, their range aside", ["filter"], (value) => withBits(value, 11)),
  given("bf16-bias", "the bias in bfloat16", ["bias"], (value) => withBits(value, 8)),
  given("bf16-gradients", "dy in bfloat16", ["dy"], (value) => withBits(value, 8)),
  answered("f16-outputs", "outputs in float16, their range aside", (value) => withBits(value, 11), "forward"),
  answered("18-bit-filter-gradients", "filter gradients in 18 bits", (value) => withBits(value, 18), "filterGradient"),
  answered("20-bit-input-gradients", "input gradients in 20 bits", (value) => withBits(value, 20), "inputGradient"),
  answered(
    "f16-bias-gradients",
    "bias gradients in float16, their range aside",
    (value) => withBits(value, 11),
    "biasGradient",
  ),
  ofJoints("bf16-sums", "sums kept in bfloat16", { add: (sum, term) => withBits(sum + term, 8) }, "value"),
  ofJoints("tf32-sums", "sums kept in TF32", { add: (sum, term) => withBits(sum + term, 11) }, "value"),
  ofJoints("16-bit-sums", "sums kept in 16 bits", { add: (sum, term) => withBits(sum + term, 16) }, "value"),
  // Small beside large.
  given(
    "inputs-of-offset",
    "the image computed with an offset of its largest value, which swallows what is small",
    ["x"],
    (value, array) => {
      const offset = fround(largestOf(array));
      return Number.isFinite(value) ? fround(fround(value + offset) - offset) : value;
    },
  ),
  given(
    "weights-of-offset",
    "weights computed with an offset of the largest, which swallows what is small",
    ["filter"],
    (value, array) => {
      const offset = fround(largestOf(array));
      return Number.isFinite(value) ? fround(fround(value + offset) - offset) : value;
    },
  ),
  ofResult({ id: "swallowed-beside-large", what: "results below 2⁻²⁰ of the largest are 0", kind: "value" }, (y) => {
    const least = largestOf(y) * 2 ** -20;
    return y.map((value) => (Math.abs(value) < least ? 0 : value));
  }),
];
